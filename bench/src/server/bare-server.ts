import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { BareSegment } from './bare-segment.ts';

/*
 * The lower bound of a durable answer over HTTP, a program of its own: a body is read, parsed and
 * hashed, as many bytes as a decision takes in the log are synced, and an answer as long as a
 * decision's is written. Arguments: a folder, and the bytes of an entry and of an answer.
 */
const [folder = '', entryBytes = '', answerBytes = ''] = process.argv.slice(2);
const segment = await BareSegment.open(join(folder, 'bare-segment'));
const filling = 'x'.repeat(Math.max(Number(answerBytes) - 100, 0));
let index = 0;

async function answer(body: Buffer, response: ServerResponse): Promise<void> {
  const parsed: unknown = JSON.parse(body.toString('utf8'));
  const isObject = typeof parsed === 'object' && parsed !== null;
  const entry = Buffer.alloc(Number(entryBytes));
  entry.write(hash('sha256', body, 'hex'), 'latin1');
  await segment.append(entry);
  index += 1;
  const text = JSON.stringify({ decision: `dec_${index}`, index, isObject, filling });
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}

const server = createServer((request: IncomingMessage, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    answer(Buffer.concat(chunks), response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
});
server.listen(0, '127.0.0.1', () => {
  // A server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo;
  process.send?.(port);
});
process.on('disconnect', () => process.exit());
