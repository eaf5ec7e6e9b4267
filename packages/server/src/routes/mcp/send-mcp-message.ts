import { z } from 'zod';

import { fault, type Parsed } from '../parse-shape.ts';
import { route, type Route } from '../route.ts';

/** Takes messages of an MCP client. What they mean is in spec/mcp.md. */
export const sendMcpMessage: Route = route<object>({
  name: 'sendMcpMessage',
  method: 'POST',
  path: '/mcp/{agent}',
  rights: ['act'],
  reach: 'agent',
  summary: 'takes a message of an MCP client (Streamable HTTP); spec/mcp.md says what it means',
  body: {
    shape: z.looseObject({ jsonrpc: z.literal('2.0') }),
    read: readMessage,
    example: { jsonrpc: '2.0', id: 1, method: 'ping' },
  },
  answer: { status: 200, type: 'text/event-stream' },
  codes: [],
  handle: async ({ mcp }, { caller, headers, params: { agent }, body }) =>
    mcp.post({ agent, caller, headers, body }),
});

const MEMBERS: ReadonlySet<string> = new Set([
  'jsonrpc',
  'id',
  'method',
  'params',
  'result',
  'error',
]);

/** One message, or the several of a batch: which may come is the gateway's to say. */
function readMessage(value: unknown): Parsed<object> {
  if (typeof value !== 'object' || value === null) return fault('', 'must be a message');
  if (Array.isArray(value)) {
    return value.length > 0 ? { ok: true, value } : fault('', 'must hold a message');
  }
  const stranger = Object.keys(value).find((name) => !MEMBERS.has(name));
  if (stranger !== undefined) return fault(stranger, 'is not known here');
  return 'jsonrpc' in value && value.jsonrpc === '2.0'
    ? { ok: true, value }
    : fault('jsonrpc', 'must be "2.0"');
}
