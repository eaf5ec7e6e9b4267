import { createServer, type Server } from 'node:http';
import { after } from 'node:test';

const servers: Server[] = [];

after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/**
 * Serves a page of somebody else that links to an address; returns where. It has another name than
 * the daemon, as pages of strangers have. It ends when all tests are over.
 */
export async function openOtherSite(address: string, more = ''): Promise<string> {
  const html = `<!doctype html><title>other</title><a href="${address}">look here</a>${more}`;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('no port');
  return `http://localhost:${at.port}/`;
}
