import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until, verifies } from '@plumbline/testkit';

import { servedValue, undoScene, untilStill } from '../../../testing/undo-scene.ts';
import { kindsAt } from '../../../testing/log-entries.ts';
import type { Undos } from './undos.ts';

const statesIn = (undos: Undos, undo: string): readonly string[] =>
  (undos.find(undo)?.steps ?? []).map(({ state }) => state);

/** A set of a room and two doors, which the end of the daemon cuts short in the room. */
async function cutShort(goOn: boolean) {
  // The service takes a call and never answers.
  const made = await undoScene({ answering: () => undefined });
  const north = await made.act('door.open', { door: 'north' }, {});
  const south = await made.act('door.open', { door: 'south' }, {});
  const room = await made.act('room.book', {}, { id: 'b1' });
  const { undo } = await made.approved([north, south, room], { goOn });
  servedValue(await made.undos.run({ undo, again: false }, made.asker));
  await until(() => made.upstream.received.length === 1);
  const { undos, guard } = await made.restarted();
  await undos.resume();
  assert.deepEqual(statesIn(undos, undo), ['unknown', 'planned', 'planned']);
  await undos.goOn();
  await untilStill(undos, undo);
  return { made, undo, undos, guard };
}

test('undo: a start goes on with a set that was cut short, once, and records it', async (t) => {
  verifies('incident.undo', 'evidence.before-effect');
  const { made, undo, undos, guard } = await cutShort(true);
  t.after(() => made.close());
  assert.deepEqual(statesIn(undos, undo), ['unknown', 'waiting', 'planned']);
  assert.equal(made.upstream.received.length, 1, 'what is in doubt is not done again');
  const set = undos.find(undo) ?? assert.fail();
  assert.deepEqual([set.runs, set.ranBy], [2, made.asker.id]);
  const runs = guard.entries().filter(({ kind }) => kind === 'undo_run');
  assert.deepEqual(
    runs.map(({ open }) => open['by']),
    [made.asker.id, 'start'],
  );
  assert.ok(kindsAt(guard.log, set.entries).includes('undo_run'));
  await undos.goOn();
  assert.equal(undos.find(undo)?.runs, 2, 'what waits is waited for');
});

test('undo: where one in doubt stops the set, a start leaves it to people', async (t) => {
  verifies('incident.undo');
  const { made, undo, undos } = await cutShort(false);
  t.after(() => made.close());
  assert.deepEqual(statesIn(undos, undo), ['unknown', 'planned', 'planned']);
  assert.equal(undos.find(undo)?.runs, 1);
});

test('undo: a start leaves to people what they settled an action of', async (t) => {
  verifies('incident.undo');
  const { made, undo, undos } = await cutShort(false);
  t.after(() => made.close());
  servedValue(await undos.settle({ undo, n: 0, done: true }, made.asker));
  await undos.goOn();
  await untilStill(undos, undo);
  assert.deepEqual(statesIn(undos, undo), ['done', 'planned', 'planned']);
  assert.equal(undos.find(undo)?.runs, 1);
  servedValue(await undos.run({ undo, again: false }, made.asker));
  await untilStill(undos, undo);
  assert.deepEqual(statesIn(undos, undo), ['done', 'waiting', 'planned']);
});
