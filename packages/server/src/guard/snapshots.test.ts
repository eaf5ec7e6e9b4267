import assert from 'node:assert/strict';
import { test } from 'node:test';

import { snapshot } from '@plumbline/core';
import { randomOf, verifies } from '@plumbline/testkit';

import { checkRecord } from '../../testing/check-record.ts';
import { live } from '../../testing/guard-life.ts';
import { SUPPORT_PACT } from '../../testing/guard-pact.ts';
import { codeOf, type GuardScene, guardScene, valueOf } from '../../testing/guard-scene.ts';
import type { SnapshotPlace } from './snapshot-file.ts';

type Kept = SnapshotPlace & {
  readonly files: Map<string, Uint8Array>;
  readonly secrets: Map<string, Uint8Array>;
};

function inMemory(): Kept {
  const files = new Map<string, Uint8Array>();
  const secrets = new Map<string, Uint8Array>();
  return {
    files,
    secrets,
    disk: {
      read: async (path) => files.get(path),
      replace: async (path, bytes) => void files.set(path, bytes),
      remove: async (path) => void files.delete(path),
      syncFolder: async () => undefined,
    },
    vault: {
      secret: async (name) => secrets.get(name),
      putSecret: async (name, value) => void secrets.set(name, value),
      removeSecret: async (name) => void secrets.delete(name),
    },
    failed: (cause) => assert.fail(String(cause)),
  };
}

function stateOf({ opened }: Pick<GuardScene, 'opened'>): unknown {
  return opened.states().map(snapshot);
}

test('snapshots: one and the rest of the log make the state that was', async () => {
  verifies('evidence.recompute');
  for (const seed of [11, 12]) {
    const snapshots = inMemory();
    const scene = await guardScene({ snapshots, bounds: { snapshotEvery: 40 } });
    const shadow = scene.pacts.load(SUPPORT_PACT.replace('"100.00"', '"60.00"'));
    valueOf(await scene.guard.shadow('support', shadow));
    await live(scene, randomOf(seed), 150);
    const { armAll, ...reopened } = await scene.reopen();
    assert.ok(reopened.foldedFrom > 40 && reopened.foldedFrom < reopened.resumedAt);
    assert.deepEqual(stateOf({ opened: { armAll, ...reopened } }), stateOf(scene));
    assert.equal(reopened.guard.status('support')?.shadow, shadow.digest);
    const restarted = await scene.restart();
    await live(restarted, randomOf(seed + 100), 40);
    const { answers, states, decisions } = await checkRecord(restarted);
    assert.deepEqual([answers.recomputed, states.same], [decisions, decisions]);
  }
});

test('snapshots: closing takes one of requests and what is in flight, too', async () => {
  const snapshots = inMemory();
  const scene = await guardScene({ snapshots });
  const session = await scene.open({ name: 'case 7' });
  const first = valueOf(await scene.decide(session, 'r1', 'notes.add', { text: 'x' }));
  const denied = valueOf(await scene.decide(session, 'r2', 'files.delete'));
  const closed = await scene.open();
  valueOf(await scene.guard.closeSession({ agent: 'support', session: closed }));
  await scene.guard.close();
  const restarted = await scene.restart();
  assert.equal(restarted.opened.foldedFrom, scene.log.entries().length);
  assert.equal(await restarted.open({ name: 'case 7' }), session);
  const repeat = valueOf(await restarted.decide(session, 'r2', 'files.delete'));
  assert.deepEqual(repeat, { ...denied, isRepeat: true });
  assert.equal(codeOf(await restarted.decide(closed, 'r1', 'notes.add')), 'session-closed');
  const report = { agent: 'support', session, decision: first.decision, records: null };
  valueOf(await restarted.guard.outcome({ ...report, status: 'ok', result: 'done' }));
  assert.equal(
    codeOf(await restarted.guard.outcome({ ...report, status: 'ok', result: 1 })),
    'outcome-known',
  );
});

test('snapshots: one that does not fit is passed over', async () => {
  verifies('enforce.fail-closed');
  const snapshots = inMemory();
  const scene = await guardScene({ snapshots });
  const session = await scene.open();
  valueOf(await scene.decide(session, 'r1', 'notes.add'));
  await scene.guard.close();
  const [[path, bytes] = ['', new Uint8Array()]] = snapshots.files;
  const foldedFrom = async (): Promise<number> => (await scene.reopen()).foldedFrom;
  assert.ok((await foldedFrom()) > 0);
  for (let at = 0; at < bytes.length; at += 97) {
    const flipped = Uint8Array.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    snapshots.files.set(path, flipped);
    assert.equal(await foldedFrom(), 0, `byte ${at}`);
  }
  snapshots.files.set(path, bytes.subarray(0, 20));
  assert.equal(await foldedFrom(), 0);
  snapshots.files.set(path, bytes);
  // The log of another run has other entries at that size.
  const other = await guardScene({ snapshots });
  const same = await other.open();
  for (const request of ['r1', 'r2']) valueOf(await other.decide(same, request, 'notes.add'));
  assert.equal((await other.restart()).opened.foldedFrom, 0);
});

test('snapshots: nothing of a person outlives the erasure in one', async () => {
  verifies('evidence.erasure');
  const snapshots = inMemory();
  const scene = await guardScene({ snapshots, bounds: { snapshotEvery: 1 } });
  const session = await scene.open();
  valueOf(await scene.decide(session, 'r1', 'notes.add', { text: 'x' }));
  await scene.open({ principal: 'bob' });
  assert.ok(snapshots.files.size + snapshots.secrets.size === 2);
  const { id } = await scene.subjects.named('ada');
  valueOf(await scene.guard.forget(id));
  assert.equal(snapshots.files.size + snapshots.secrets.size, 0);
  scene.subjects.erase(id);
  await scene.open({ principal: 'bob' });
  await scene.guard.close();
  assert.equal(snapshots.files.size, 0, 'none is taken before the next start');
  const restarted = await scene.restart();
  await restarted.guard.close();
  assert.equal(snapshots.files.size, 1);
});

const HANDING = `
pact: plumbline/v1
agent: support
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
tools:
  orders.get: { effect: read, category: orders }
  crm.export: { effect: read, category: crm, tier: elevated }
tiers: { elevated: { claim: roles, contains: crm-export, max_age: 5m } }
allow:
  - { id: read, tool: [orders.get, crm.export] }
  - { id: hand, tool: handoff.support-eu }
`;

test('snapshots: they hold used tokens, what was handed down, and what was escalated', async () => {
  verifies('authority.delegation', 'authority.verified');
  const scene = await guardScene({ snapshots: inMemory(), pact: HANDING });
  valueOf(await scene.guard.addAgent('support-eu', 'local'));
  valueOf(await scene.guard.arm('support-eu', scene.pact));
  const token = { digest: 'ab'.repeat(16), untilMs: scene.clock.ms + 600_000, isOnce: true };
  const proof = { principal: 'ada', claims: [], token };
  const session = await scene.open({ proof });
  valueOf(await scene.decide(session, 'e1', 'crm.export'));
  const handed = valueOf(await scene.decide(session, 'h1', 'handoff.support-eu'));
  const all = { tools: null, effects: null, claims: [], untilMs: null };
  const parent = { agent: 'support', session, decision: handed.decision, ...all };
  const child = await scene.open({ agent: 'support-eu', principal: '', parent });
  await scene.guard.close();
  const restarted = await scene.restart();
  assert.equal(restarted.opened.foldedFrom, scene.log.entries().length);
  const again = { agent: 'support', principal: 'ada', task: null, room: null, attributes: {} };
  const opening = { ...again, name: null, subject: null, openedBy: 'front-end' };
  assert.equal(codeOf(await restarted.guard.openSession({ ...opening, proof })), 'token-used');
  for (let more = 2; more <= 10; more += 1) {
    valueOf(await restarted.decide(session, `e${more}`, 'crm.export'));
  }
  const counts = restarted.entries().filter(({ kind }) => kind === 'escalated');
  assert.deepEqual(
    counts.map(({ open }) => open['count']),
    [1, 10],
  );
  valueOf(await restarted.guard.closeSession({ agent: 'support', session }));
  const asked = { agent: 'support-eu', session: child, request: 'r', tool: 'orders.get', args: {} };
  assert.equal(codeOf(await restarted.guard.decide(asked)), 'session-closed');
});
