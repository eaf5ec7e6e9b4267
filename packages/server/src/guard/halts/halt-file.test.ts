import assert from 'node:assert/strict';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { openHaltFile } from './halt-file.ts';
import type { SavedHalt } from './order.ts';

const HALT: SavedHalt = {
  id: 'hlt_1',
  agent: 'support',
  scope: 'session',
  target: 'ses_1',
  reason: 'refunds look wrong',
  by: 'local',
  incident: null,
  at: 7,
};

function pathFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-halts-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'halts');
}

function scribble(path: string): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, 'x', 4_096 + 40);
  closeSync(fd);
}

test('halt file: what is cleared while it is saved is not there afterwards', async (t) => {
  verifies('human.halt', 'human.resume');
  const path = pathFor(t);
  const place = openHaltFile(path);
  const saving: Promise<string>[] = [];
  const clearing: Promise<void>[] = [];
  for (let number = 0; number < 30; number += 1) {
    const id = `hlt_${number}`;
    saving.push(place.save({ ...HALT, id }));
    clearing.push(place.clear(id));
    await place.clear(id);
    const file = openHaltFile(path);
    assert.deepEqual(file.found, [], 'once it is cleared, also by somebody else');
    await file.close();
  }
  assert.ok((await Promise.all(saving)).every((how) => how === 'saved'));
  await Promise.all(clearing);
  await place.close();
});

test('halt file: the next start finds what was saved, and not what was cleared', async (t) => {
  verifies('human.halt');
  const path = pathFor(t);
  const place = openHaltFile(path);
  assert.deepEqual(place.found, []);
  assert.equal(await place.save(HALT), 'saved');
  assert.equal(await place.save({ ...HALT, id: 'hlt_2' }), 'saved');
  await place.clear('hlt_2');
  await place.close();
  const next = openHaltFile(path);
  assert.deepEqual([next.found, next.damage], [[HALT], null]);
  await next.clear('hlt_1');
  await next.close();
  const last = openHaltFile(path);
  assert.deepEqual(last.found, []);
  await last.close();
  assert.equal(readFileSync(path).length, 1_048_576, 'writing never needs space');
});

test('halt file: a full one says that the fleet is halted, never nothing', async (t) => {
  verifies('human.halt', 'enforce.fail-closed');
  const path = pathFor(t);
  const place = openHaltFile(path);
  const many = Array.from({ length: 255 }, (_, at) => ({ ...HALT, id: `hlt_${at}` }));
  const saved = await Promise.all(many.map((halt) => place.save(halt)));
  assert.deepEqual([...new Set(saved)], ['saved']);
  assert.equal(await place.save({ ...HALT, id: 'hlt_more' }), 'full');
  await place.close();
  const next = openHaltFile(path);
  const more = next.found.find(({ id }) => id === 'hlt_more');
  assert.deepEqual([more?.agent, more?.scope, more?.target], [null, 'fleet', '']);
  assert.equal(next.found.length, 256);
  await next.close();
});

test('halt file: a torn, cut or foreign one halts the fleet and says how to go on', async (t) => {
  verifies('human.halt', 'enforce.fail-closed');
  const harms: readonly ((path: string) => void)[] = [
    scribble,
    (path) => truncateSync(path, 1_000_000),
    (path) => writeFileSync(path, ''),
    (path) => writeFileSync(path, Buffer.alloc(1_048_576, 7)),
  ];
  for (const [at, harm] of harms.entries()) {
    const path = pathFor(t);
    const place = openHaltFile(path);
    await place.save(HALT);
    await place.close();
    harm(path);
    const damaged = openHaltFile(path);
    const fleet = damaged.found.at(-1);
    assert.deepEqual([fleet?.agent, fleet?.scope], [null, 'fleet'], `harm ${at}`);
    assert.match(fleet?.reason ?? '', /damaged .* `plumb resume --fleet`$/);
    await damaged.close();
    const again = openHaltFile(path);
    assert.equal(again.found.at(-1)?.scope, 'fleet', 'it is not forgotten by the start after');
    assert.equal(again.damage, null);
    await again.close();
  }
});

test('halt file: a reason that is too long is cut, and the halt is not', async (t) => {
  const path = pathFor(t);
  const place = openHaltFile(path);
  assert.equal(await place.save({ ...HALT, reason: '\u0001'.repeat(1_000) }), 'saved');
  await place.close();
  const next = openHaltFile(path);
  assert.deepEqual([next.found[0]?.scope, next.found[0]?.target], ['session', 'ses_1']);
  await next.close();
});
