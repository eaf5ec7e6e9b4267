import { route, type Route } from '../route.ts';

/** Lets an MCP client listen to its session, or come back to a stream it lost. */
export const listenToMcp: Route = route({
  name: 'listenToMcp',
  method: 'GET',
  path: '/mcp/{agent}',
  rights: ['act'],
  reach: 'agent',
  summary: 'what the servers of an MCP session say unasked, and streams that were lost',
  answer: { status: 200, type: 'text/event-stream' },
  codes: [],
  handle: ({ mcp }, { caller, headers, params: { agent } }) =>
    mcp.get({ agent, caller, headers, body: undefined }),
});
