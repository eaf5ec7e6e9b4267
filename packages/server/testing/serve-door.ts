import assert from 'node:assert/strict';
import { createServer } from 'node:http';

import type { AgentDoor } from '../src/pep/mcp/http/mcp-door.ts';
import { LOCAL } from '../src/routes/gate/authenticate.ts';

/** A door behind a port of its own, until it is closed. */
export type ServedDoor = { readonly url: string; readonly close: () => void };

/** Serves what is posted by the door there is at that moment, for the agent `support`. */
export async function serveDoor(door: () => AgentDoor): Promise<ServedDoor> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const asked = { agent: 'support', caller: LOCAL, headers: request.headers, body };
      void door()
        .post(asked)
        .then(({ write }) => write(response));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${address.port}/`, close };
}
