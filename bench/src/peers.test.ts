import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { pactOf, readExample } from './pacts.ts';
import { answersOf } from './peers.bench.ts';
import { readSessions } from './recording.ts';
import { playAll } from './turn.bench.ts';

const examples = join(import.meta.dirname, '..', '..', 'examples', 'agentdojo');
const banking = readExample(join(examples, 'pacts'), 'banking');
const sessions = await readSessions(
  join(examples, 'runs', 'sample.jsonl'),
  join(examples, 'manifest.yaml'),
);

test('bench: every engine answers each recorded action as decide does', () => {
  const [ours = [], ...peers] = answersOf(sessions, [banking], 40).map(({ asks }) =>
    asks.map((ask) => ask()),
  );
  assert.ok(ours.includes(true) && ours.length > 20);
  for (const answers of peers) assert.deepEqual(answers, ours);
});

test('bench: the turn plays every recorded action of an agent', () => {
  const own = sessions.filter(({ agent }) => agent === 'banking');
  const recorded = own.reduce((sum, { turns }) => sum + turns.length, 0);
  const pacts = new Map([['banking', pactOf(banking, 40)]]);
  assert.equal(playAll(sessions, pacts, null), recorded);
});
