import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';

/** A folder on a loopback port, as any web server would show it. */
export type Served = { readonly url: string; readonly close: () => void };

/** Serves the files of a folder until closed. */
export async function serveFolder(folder: string): Promise<Served> {
  const server = createServer((request, response) => {
    readFile(join(folder, normalize(request.url ?? '/'))).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
