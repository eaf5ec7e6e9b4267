import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decidedOpen, makeEntry, openedOpen } from '../../../testing/log-entries.ts';
import { MemoryModels } from '../../../testing/memory-models.ts';
import { LOCAL } from '../../routes/gate/authenticate.ts';
import { served } from '../served.ts';
import { makeTrials, type TrialBounds } from './make-trials.ts';

const PACT = `pact: plumbline/v1
agent: refunds
owner: owner@example.com
purpose: Look orders up.
autonomy: 1
tools:
  orders.get: { effect: read, trust: trusted }
allow:
  - { id: read-orders, tool: orders.get }
`;
const asked = {
  agent: 'refunds',
  entry: 'a.pact.yaml',
  files: { 'a.pact.yaml': PACT },
  fromAt: null,
  untilAt: null,
};

async function scene(bounds: TrialBounds = { entries: 100, atOnce: 1 }) {
  const chain = { agent: 'refunds', session: 's1' };
  const models = new MemoryModels();
  const entries = [
    makeEntry('session_opened', { ...chain, at: 1, open: openedOpen({}) }),
    makeEntry('boot', { at: 2 }),
    makeEntry('decided', { ...chain, at: 3, open: decidedOpen({ decision: 'd1' }) }),
  ];
  await models.fold(0, entries);
  const written: object[] = [];
  const trials = makeTrials(
    {
      models,
      guard: { status: (agent) => (agent === 'refunds' ? STATUS : undefined) },
      sequencer: {
        read: (from, limit) => Promise.resolve(entries.slice(from, from + limit)),
        blob: () => Promise.resolve(undefined),
      },
      vault: { subjectKey: () => Promise.resolve(undefined) },
      caughtUp: () => Promise.resolve(),
      write: ({ kind, agent, open }) => {
        written.push({ kind, agent, ...open });
        return Promise.resolve(served({ index: 3, at: 4 }));
      },
    },
    bounds,
  );
  return { trials, written };
}

const STATUS = {
  agent: 'refunds',
  pact: null,
  shadow: null,
  epoch: 0,
  halts: [],
  openSessions: 0,
  inFlight: 0,
  waiting: 0,
  reviews: 0,
  alerts: 0,
  autonomy: null,
  leases: [],
} as const;

test('trials: what cannot be opened is counted, and the reading is recorded', async () => {
  const { trials, written } = await scene();
  const started = await trials.start(asked, LOCAL);
  assert.ok(started.ok);
  const heard: number[] = [];
  const trial = await started.value.run(new AbortController().signal, (read) => heard.push(read));
  assert.ok(trial !== null);
  const { candidate, ...rest } = trial;
  assert.match(candidate, /^sha256:/);
  const none = { decisions: 0, conflicts: 0, pairs: [] };
  assert.deepEqual(rest, { ...none, notOpened: 1, entries: 2, isWhole: true });
  assert.deepEqual(heard, [2]);
  assert.deepEqual(written, [
    { kind: 'read', agent: 'refunds', by: 'local', session: null, decision: null },
  ]);
});

test('trials: who leaves ends the trial, and no more run at once than may', async () => {
  const { trials } = await scene();
  const started = await trials.start(asked, LOCAL);
  assert.ok(started.ok);
  const second = await trials.start(asked, LOCAL);
  assert.equal(second.ok ? null : second.error.code, 'overloaded');
  const left = AbortSignal.abort();
  assert.equal(await started.value.run(left, () => undefined), null);
  assert.ok((await trials.start(asked, LOCAL)).ok);
});

test('trials: a record too long says so, and a bad pact or agent is refused', async () => {
  const { trials } = await scene({ entries: 1, atOnce: 2 });
  const started = await trials.start(asked, LOCAL);
  assert.ok(started.ok);
  const trial = await started.value.run(new AbortController().signal, () => undefined);
  assert.equal(trial?.isWhole, false);
  const bad = await trials.start({ ...asked, files: { 'a.pact.yaml': 'pact: 1' } }, LOCAL);
  assert.equal(bad.ok ? null : bad.error.code, 'bad-pact');
  const nobody = await trials.start({ ...asked, agent: 'nobody' }, LOCAL);
  assert.equal(nobody.ok ? null : nobody.error.code, 'unknown-agent');
});
