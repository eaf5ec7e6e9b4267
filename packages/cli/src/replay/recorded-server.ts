import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

/** A call that a recorded server was asked for, and what answers it. */
export type Arrived = {
  readonly tool: string;
  readonly answer: (result: Json, isError: boolean) => void;
};

/** An MCP server for one agent, whose tools answer what somebody else says. */
export type Lane = {
  /** Says what becomes of the next call. */
  readonly expect: (take: (call: Arrived) => void) => void;
  readonly close: () => void;
};

/** MCP servers of many agents at one port, each below the agent's name. */
export type RecordedServers = {
  readonly urlOf: (agent: string) => string;
  /** Opens an agent's server, which lists these tools. */
  readonly open: (agent: string, tools: readonly string[]) => Lane;
  readonly close: () => void;
};

type Open = { readonly tools: readonly string[]; take: (call: Arrived) => void };

/** Starts MCP servers over HTTP that return recorded results instead of acting. */
export async function startRecordedServers(): Promise<RecordedServers> {
  const lanes = new Map<string, Open>();
  const server = createServer((request, response) => {
    const lane = lanes.get((request.url ?? '').slice(1));
    if (lane === undefined || request.method !== 'POST') response.writeHead(405).end();
    else void answerPost(lane, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${portOf(server)}`;
  return {
    urlOf: (agent) => `${base}/${agent}`,
    open: (agent, tools) => {
      const lane: Open = { tools, take: () => undefined };
      lanes.set(agent, lane);
      const expect: Lane['expect'] = (take) => void (lane.take = take);
      return { expect, close: () => void lanes.delete(agent) };
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function answerPost(
  lane: Open,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { id, method, params } = await readMessage(request);
  if (id === undefined) return void response.writeHead(202).end();
  const reply = (result: JsonObject): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  };
  switch (method) {
    case 'initialize':
      return reply(GREETING);
    case 'tools/list':
      return reply({ tools: lane.tools.map((name) => ({ name, inputSchema: ANYTHING })) });
    case 'tools/call': {
      const name = params?.['name'];
      const tool = typeof name === 'string' ? name : '';
      const answer: Arrived['answer'] = (result, isError) => reply(resultOf(result, isError));
      return lane.take({ tool, answer });
    }
    default:
      return reply({});
  }
}

type Heard = {
  readonly id: Json | undefined;
  readonly method: Json | undefined;
  readonly params: JsonObject | null;
};

async function readMessage(request: IncomingMessage): Promise<Heard> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  // What the gateway sends is a message of JSON-RPC.
  const message = JSON.parse(Buffer.concat(chunks).toString('utf8')) as JsonObject;
  const { id, method, params = null } = message;
  return { id, method, params: isJsonObject(params) ? params : null };
}

const GREETING: JsonObject = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'recorded', version: '1' },
};
const ANYTHING: JsonObject = { type: 'object' };

function resultOf(result: Json, isError: boolean): JsonObject {
  const said: JsonObject =
    typeof result === 'string'
      ? { content: [{ type: 'text', text: result }] }
      : { content: [], structuredContent: result };
  return isError ? { ...said, isError } : said;
}
