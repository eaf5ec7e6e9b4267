import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import { test } from 'node:test';

import { EventStream, eventIn } from './event-stream.ts';

/** Hands the response of one request to a test, and returns what the client of it reads. */
async function read(serve: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_request, response) => serve(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const answer = await fetch(`http://127.0.0.1:${address.port}/`);
  const text = await answer.text();
  server.close();
  return text;
}

const say = (text: string): Buffer => Buffer.from(`"${text}"`);
const AFTER_NOTHING = { after: -1, headers: {} };

test('mcp stream: whoever lost a stream comes back to what followed', async () => {
  const stream = new EventStream('r1', true);
  const first = await read((response) => {
    stream.attach(response, AFTER_NOTHING);
    stream.push(say('a'));
    response.end();
  });
  assert.equal(first, 'id: r1_0\ndata: \n\nid: r1_1\nevent: message\ndata: "a"\n\n');
  stream.push(say('b'));
  stream.push(say('c'));
  stream.end();
  const again = await read((response) => stream.attach(response, { after: 1, headers: {} }));
  const wanted = ['2\nevent: message\ndata: "b"', '3\nevent: message\ndata: "c"'];
  assert.equal(again, wanted.map((each) => `id: r1_${each}\n\n`).join(''));
});

test('mcp stream: what is kept is bounded, the oldest goes first', async () => {
  const stream = new EventStream('r1', true);
  for (let count = 1; count <= 300; count += 1) stream.push(say(String(count)));
  stream.end();
  const text = await read((response) => stream.attach(response, { after: 0, headers: {} }));
  assert.match(text, /^id: r1_45\n/);
  assert.equal(text.split('event: message').length - 1, 256);
});

test('mcp stream: an event is known by its stream and place', () => {
  assert.deepEqual(eventIn('r12_7'), { stream: 'r12', index: 7 });
  for (const text of ['', 'r1', '_1', 'r1_', 'r1_x', 'R1_1']) assert.equal(eventIn(text), null);
});
