import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

// A server that does as little as a server can, at message level: it parses, answers and prints.
// Argument: `stdio`, or `http`, which says its port to the program that started it.

const text = [
  '- email: person.7@example.org',
  '  name: Contact number 7',
  ...[1, 2, 3].map((place) => `- email: person.7${place}@example.org\n  name: Colleague 7${place}`),
  '',
].join('\n');

const RESULTS: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'light', version: '1' },
  },
  'tools/list': {
    tools: [
      {
        name: 'search_contacts_by_name',
        description: 'Finds contacts by their names.',
        inputSchema: { type: 'object', properties: { query: { type: 'string' } } },
      },
    ],
  },
  'tools/call': { content: [{ type: 'text', text }] },
};

/** Returns the answer to one message, or null where none is owed. */
function answer(line: string): string | null {
  // Whoever measures sends JSON.
  const { id, method } = JSON.parse(line) as { readonly id?: unknown; readonly method?: string };
  if (id === undefined) return null;
  const result = RESULTS[method ?? ''];
  const said = result === undefined ? { error: { code: -32601, message: 'unknown' } } : { result };
  return JSON.stringify({ jsonrpc: '2.0', id, ...said });
}

function serveStdio(): void {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const said = answer(line);
    if (said !== null) process.stdout.write(`${said}\n`);
  });
}

function serveHttp(): void {
  const server = createServer((request, response) => {
    if (request.method !== 'POST') return response.writeHead(405).end();
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    return request.on('end', () => {
      const said = answer(body);
      if (said === null) return response.writeHead(202).end();
      const length = Buffer.byteLength(said);
      const headers = { 'content-type': 'application/json', 'content-length': length };
      return response.writeHead(200, headers).end(said);
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.(Object(server.address()).port));
  process.once('disconnect', () => process.exit());
}

if (process.argv[2] === 'http') serveHttp();
else serveStdio();
