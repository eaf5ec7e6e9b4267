import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { codeOf, guardScene, valueOf } from '../../testing/guard-scene.ts';

test('locks: the last place of the table is refused, and what ran out makes room', async () => {
  verifies('enforce.human-wins');
  const scene = await guardScene({ backlog: 30_000 });
  const { guard, clock } = scene;
  const untilMs = clock.ms + 60_000;
  const of = { agent: 'support', entity: 'ticket', field: null, by: 'webhook', reason: 'closed' };
  const set = (id: string) => guard.people.lock({ ...of, id, untilMs });
  await Promise.all(Array.from({ length: 9_999 }, (_, at) => set(`T-${at}`)));
  assert.equal(codeOf(await set('T-9999')), 'too-large');
  assert.equal(codeOf(await set('T-1')), 'done');
  const allowed = await scene.decide(await scene.open(), 'r1', 'notes.add');
  assert.equal(valueOf(allowed).verdict, 'allow');
  clock.wait(60_000);
  valueOf(await guard.people.lock({ ...of, id: 'T-9999', untilMs: null }));
  assert.deepEqual(
    guard.people.locks('support')?.map(({ id }) => id),
    ['T-9999'],
  );
});
