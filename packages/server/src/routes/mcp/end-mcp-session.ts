import { route, type Route } from '../route.ts';

/** Ends an MCP session, and the servers that were started for it. */
export const endMcpSession: Route = route({
  name: 'endMcpSession',
  method: 'DELETE',
  path: '/mcp/{agent}',
  rights: ['act'],
  reach: 'agent',
  summary: 'ends an MCP session and the servers that were started for it',
  answer: { status: 200, type: 'text/plain' },
  codes: [],
  handle: async ({ mcp }, { caller, headers, params: { agent } }) =>
    mcp.remove({ agent, caller, headers, body: undefined }),
});
