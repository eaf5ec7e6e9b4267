import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decidedOpen, makeEntry, openedOpen, outcomeOpen } from '../../../testing/log-entries.ts';
import { MemoryModels } from '../../../testing/memory-models.ts';
import { sealPayload } from '../../seal/seal.ts';
import { LOCAL } from '../../routes/gate/authenticate.ts';
import { served } from '../served.ts';
import { makeTraces } from './make-traces.ts';

const chain = { agent: 'refunds', session: 's1' };

async function scene() {
  const models = new MemoryModels();
  const entries = [
    makeEntry('session_opened', { ...chain, at: 1, open: openedOpen({}) }),
    makeEntry('message', { ...chain, at: 2, open: { from: 'principal' } }),
    makeEntry('boot', { at: 3 }),
    makeEntry('message', { ...chain, at: 4, open: { from: 'untrusted' } }),
    makeEntry('decided', { ...chain, at: 5, open: decidedOpen({ decision: 'd1' }) }),
    makeEntry('outcome', { ...chain, at: 6, open: outcomeOpen({}) }),
  ];
  await models.fold(0, entries);
  const written: object[] = [];
  const traces = makeTraces({
    models,
    sequencer: {
      read: (from, limit) => Promise.resolve(entries.slice(from, from + limit)),
      blob: () => Promise.resolve(undefined),
    },
    vault: { subjectKey: () => Promise.resolve(undefined) },
    caughtUp: () => Promise.resolve(),
    pactOf: () => Promise.resolve(undefined),
    write: ({ kind, agent, open }) => {
      written.push({ kind, agent, ...open });
      return Promise.resolve(served({ index: 6, at: 7 }));
    },
  });
  return { traces, written };
}

test('traces: everything of a session in order, with whose word came in', async () => {
  const { traces, written } = await scene();
  const found = await traces.recorded({ ...chain, after: null, limit: 10 });
  assert.ok(found.ok);
  const { rows, next, session } = found.value;
  assert.deepEqual(
    rows.map(({ index, kind, source }) => [index, kind, source?.trust ?? null]),
    [
      [0, 'session_opened', null],
      [1, 'message', 'principal'],
      [3, 'message', 'untrusted'],
      [4, 'decided', null],
      [5, 'outcome', 'untrusted'],
    ],
  );
  assert.deepEqual([next, session.decisions], [null, 1]);
  assert.deepEqual(written, []);
});

test('traces: a part follows the one before, and opening one is recorded', async () => {
  const { traces, written } = await scene();
  const first = await traces.opened({ ...chain, after: null, limit: 2 }, LOCAL);
  assert.ok(first.ok);
  assert.equal(first.value.next, 1);
  const rest = await traces.recorded({ ...chain, after: 1, limit: 10 });
  assert.deepEqual(rest.ok ? rest.value.rows.map(({ index }) => index) : null, [3, 4, 5]);
  assert.deepEqual(written, [
    { kind: 'read', agent: 'refunds', by: 'local', session: 's1', decision: null },
  ]);
});

test("traces: another agent's session is none", async () => {
  const { traces, written } = await scene();
  const found = await traces.opened({ ...chain, agent: 'mail', after: null, limit: 2 }, LOCAL);
  assert.equal(found.ok ? null : found.error.code, 'unknown-session');
  assert.deepEqual(written, []);
});

async function roomScene() {
  const models = new MemoryModels();
  const key = Buffer.alloc(32, 7);
  const opening = (session: string, room: string, at: number): Uint8Array => {
    const subject = { id: `sub_${'1'.repeat(32)}`, key };
    const { sealed } = sealPayload(subject, JSON.stringify({ room }));
    return makeEntry('session_opened', { ...chain, session, at, sealed, open: openedOpen({}) });
  };
  const entries = [opening('s1', 'war-room', 1), opening('s2', 'kitchen', 2)];
  await models.fold(0, entries);
  const written: object[] = [];
  const traces = makeTraces({
    models,
    sequencer: {
      read: (from, limit) => Promise.resolve(entries.slice(from, from + limit)),
      blob: () => Promise.resolve(undefined),
    },
    vault: { subjectKey: () => Promise.resolve(key) },
    caughtUp: () => Promise.resolve(),
    pactOf: () => Promise.resolve(undefined),
    write: ({ kind, agent, open }) => {
      written.push({ kind, agent, ...open });
      return Promise.resolve(served({ index: 6, at: 7 }));
    },
  });
  return { traces, written };
}

test('traces: sessions of a room are found by what is sealed, and recorded as read', async () => {
  const { traces, written } = await roomScene();
  const found = await traces.room({ room: 'war-room', agents: null }, LOCAL);
  assert.ok(found.ok);
  const { rows, looked, isAll } = found.value;
  assert.deepEqual([rows.map(({ session }) => session), looked, isAll], [['s1'], 2, true]);
  assert.deepEqual(written, [
    { kind: 'read', agent: 'refunds', by: 'local', session: 's1', decision: null },
  ]);
  const others = await traces.room({ room: 'war-room', agents: ['mail'] }, LOCAL);
  assert.deepEqual(others.ok ? others.value.rows : null, []);
});
