import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { Server } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';

// A proxy as it is built plainly on the official SDK: a server whose handlers ask a client. It
// decides nothing and records nothing.
// Arguments: `stdio` and the command of the server behind it, or `http` and its address.

const me = { name: 'proxy', version: '1' };

async function openServer(
  behind: ConstructorParameters<typeof Client>[0],
  to: Client,
): Promise<Server> {
  const server = new Server(behind, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', () => to.listTools());
  server.setRequestHandler('tools/call', ({ params }) => to.callTool(params));
  return server;
}

async function serveStdio([command = '', ...args]: readonly string[]): Promise<void> {
  const client = new Client(me);
  await client.connect(new StdioClientTransport({ command, args: [...args] }));
  const server = await openServer(me, client);
  await server.connect(new StdioServerTransport());
  process.stdin.once('end', () => void client.close());
}

async function serveHttp(url: string): Promise<void> {
  const client = new Client(me);
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  const transports = new Map<string, NodeStreamableHTTPServerTransport>();
  const open = async (): Promise<NodeStreamableHTTPServerTransport> => {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void transports.set(id, transport),
    });
    await (await openServer(me, client)).connect(transport);
    return transport;
  };
  const server = createServer((request, response) => {
    const known = transports.get(String(request.headers['mcp-session-id']));
    const transport = known === undefined ? open() : Promise.resolve(known);
    void transport.then((each) => each.handleRequest(request, response));
  });
  server.listen(0, '127.0.0.1', () => process.send?.(Object(server.address()).port));
  process.once('disconnect', () => process.exit());
}

const [transport, ...rest] = process.argv.slice(2);
if (transport === 'http') await serveHttp(rest[0] ?? '');
else await serveStdio(rest);
