import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';

import { type Arriving, readBytes } from './read-body.ts';

function arrivingAs(pieces: readonly string[], arriving: Arriving): ReturnType<typeof readBytes> {
  const request = new IncomingMessage(new Socket());
  for (const piece of pieces) request.push(piece);
  request.push(null);
  return readBytes(request, 1_000_000, arriving);
}

test('body: in very many pieces it is refused, as each takes more than its bytes', async () => {
  const arriving = { bytes: 0 };
  const few = await arrivingAs(['{"a"', ':1', '}'], arriving);
  assert.equal('bytes' in few && few.bytes.toString(), '{"a":1}');
  const many = await arrivingAs(Array<string>(20_000).fill('x'), arriving);
  assert.equal('problem' in many && many.problem.code, 'too-large');
  assert.equal(arriving.bytes, 0, 'nothing is held any more');
});

test('body: when too much arrives at once nothing more is held', async () => {
  const arriving = { bytes: 268_435_456 };
  const late = await arrivingAs(['{}'], arriving);
  assert.equal('problem' in late && late.problem.code, 'overloaded');
  assert.equal(arriving.bytes, 268_435_456);
  arriving.bytes = 0;
  const lost = new IncomingMessage(new Socket());
  const reading = readBytes(lost, 1_000_000, arriving);
  lost.push('{');
  await new Promise(setImmediate);
  assert.equal(arriving.bytes, 1);
  lost.destroy();
  assert.equal('problem' in (await reading), true);
  assert.equal(arriving.bytes, 0);
});
