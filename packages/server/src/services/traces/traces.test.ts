import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

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
    roomMark: (room) => `room_00000000${room}`,
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

/** Sessions `s1`, `s2`, … in these rooms; `unmarked` are those of entries without a mark. */
async function roomScene(
  rooms: readonly string[],
  unmarked: readonly string[] = [],
  agents: readonly string[] = [],
) {
  const models = new MemoryModels();
  const key = Buffer.alloc(32, 7);
  const entries = rooms.map((room, place): Uint8Array => {
    const subject = { id: `sub_${'1'.repeat(32)}`, key };
    const { sealed } = sealPayload(subject, JSON.stringify({ room }));
    const session = `s${place + 1}`;
    const marked = unmarked.includes(session) ? {} : { roomMark: `room_00000000${room}` };
    const at = place + 1;
    const agent = agents[place] ?? chain.agent;
    const of = { agent, session, at, sealed, open: openedOpen(marked) };
    return makeEntry('session_opened', of);
  });
  await models.fold(0, entries);
  const written: object[] = [];
  const read: number[] = [];
  const traces = makeTraces({
    models,
    sequencer: {
      read: (from, limit) => {
        read.push(from);
        return Promise.resolve(entries.slice(from, from + limit));
      },
      blob: () => Promise.resolve(undefined),
    },
    vault: { subjectKey: () => Promise.resolve(key) },
    caughtUp: () => Promise.resolve(),
    pactOf: () => Promise.resolve(undefined),
    roomMark: (room) => `room_00000000${room}`,
    write: ({ kind, agent, open }) => {
      written.push({ kind, agent, ...open });
      return Promise.resolve(served({ index: 6, at: 7 }));
    },
  });
  return { traces, written, read };
}

const WAR_ROOM = { room: 'war-room', agents: null, before: null, limit: 20 };

test('traces: sessions of a room are found by its mark, and recorded as read', async () => {
  verifies('evidence.complete');
  const { traces, written, read } = await roomScene(['war-room', 'kitchen', 'war-room']);
  const found = await traces.room(WAR_ROOM, LOCAL);
  assert.ok(found.ok);
  const { rows, looked, next } = found.value;
  assert.deepEqual([rows.map(({ session }) => session), looked, next], [['s3', 's1'], 2, null]);
  assert.deepEqual(read, [2, 0], 'what is marked as of another room is not opened');
  assert.deepEqual(
    written,
    ['s3', 's1'].map((session) => {
      return { kind: 'read', agent: 'refunds', by: 'local', session, decision: null };
    }),
  );
  const others = await traces.room({ ...WAR_ROOM, agents: ['mail'] }, LOCAL);
  assert.deepEqual(others.ok ? others.value.rows : null, []);
});

test('traces: whether others meet in a room is told to nobody who is not for them', async () => {
  verifies('evidence.complete');
  const rooms = ['war-room', 'war-room', 'war-room'];
  const { traces } = await roomScene(rooms, [], ['mail', 'refunds', 'mail']);
  const nothing = { ok: true, value: { rows: [], looked: 0, next: null } };
  assert.deepEqual(await traces.room({ ...WAR_ROOM, agents: ['shop'] }, LOCAL), nothing);
  const own = await traces.room({ ...WAR_ROOM, agents: ['refunds'], limit: 1 }, LOCAL);
  assert.ok(own.ok);
  const { rows, looked, next } = own.value;
  assert.deepEqual([rows.map(({ session }) => session), looked, next], [['s2'], 1, null]);
});

test('traces: what says nothing of its room is opened, in pages', async () => {
  const rooms = ['war-room', 'kitchen', 'war-room', 'war-room'];
  const { traces } = await roomScene(rooms, ['s1', 's2']);
  const first = await traces.room({ ...WAR_ROOM, limit: 2 }, LOCAL);
  assert.ok(first.ok);
  assert.deepEqual(
    [first.value.rows.map(({ session }) => session), first.value.next],
    [['s4', 's3'], 2],
  );
  const rest = await traces.room({ ...WAR_ROOM, before: 2 }, LOCAL);
  assert.deepEqual(
    rest.ok ? [rest.value.rows.map(({ session }) => session), rest.value.looked] : null,
    [['s1'], 2],
  );
});

test('traces: a mark alone says nothing: of which room one is, what is sealed says', async () => {
  const models = new MemoryModels();
  const forged = makeEntry('session_opened', {
    ...chain,
    at: 1,
    open: openedOpen({ roomMark: 'room_00000000war-room' }),
  });
  await models.fold(0, [forged]);
  const traces = makeTraces({ ...QUIET, models, sequencer: logOf([forged]) });
  const found = await traces.room(WAR_ROOM, LOCAL);
  assert.deepEqual(found.ok ? found.value.rows : null, []);
});

const QUIET = {
  vault: { subjectKey: () => Promise.resolve(undefined) },
  caughtUp: () => Promise.resolve(),
  pactOf: () => Promise.resolve(undefined),
  roomMark: (room: string) => `room_00000000${room}`,
  write: () => Promise.resolve(served({ index: 6, at: 7 })),
};

function logOf(entries: readonly Uint8Array[]) {
  return {
    read: (from: number, limit: number) => Promise.resolve(entries.slice(from, from + limit)),
    blob: () => Promise.resolve(undefined),
  };
}

const DIGEST = `sha256:${'a'.repeat(64)}`;

test('traces: around a session stand the halts that reached it, and who read it', async () => {
  verifies('human.halt');
  const stop = { reason: 'odd', by: 'ops', epoch: 1 };
  const of = { agent: 'refunds', session: null };
  const halt = (at: number, id: string, [scope, target]: readonly [string, string]) =>
    makeEntry('halt', { ...of, at, open: { ...stop, scope, target, id } });
  const entries = [
    halt(1, 'before', ['room', 'war-room']),
    halt(2, 'over', ['agent', '']),
    makeEntry('resume', {
      ...of,
      at: 3,
      open: { reason: 'odd', by: 'ops', scope: 'agent', target: '' },
    }),
    makeEntry('session_opened', {
      ...chain,
      at: 4,
      open: openedOpen({ task: 'refund', roomMark: 'room_00000000war-room' }),
    }),
    makeEntry('decided', { ...chain, at: 5, open: decidedOpen({ decision: 'd1' }) }),
    halt(6, 'other-room', ['room', 'kitchen']),
    halt(7, 'task', ['task', 'refund']),
    halt(8, 'other-session', ['session', 's2']),
    makeEntry('halt_effective', {
      ...of,
      at: 9,
      open: { halt: 'task', epoch: 1, latchedAt: 7, effectiveMs: 2 },
    }),
    makeEntry('session_closed', { ...chain, at: 10, open: { reason: 'closed' } }),
    halt(11, 'later', ['fleet', '']),
    makeEntry('read', { ...of, at: 12, open: { by: 'ann', session: 's1', decision: null } }),
    makeEntry('read', { ...of, at: 13, open: { by: 'ann', session: 's2', decision: null } }),
    makeEntry('undo_planned', {
      ...of,
      at: 14,
      open: { undo: 'und_1', n: 0, decision: 'd1', tool: 'take', action: DIGEST },
    }),
    makeEntry('undo_step', {
      ...of,
      at: 15,
      open: { undo: 'und_1', n: 0, state: 'done', decision: 'd9', why: null, by: null },
    }),
  ];
  const models = new MemoryModels();
  await models.fold(0, entries);
  const traces = makeTraces({ ...QUIET, models, sequencer: logOf(entries) });
  const found = await traces.around(chain);
  assert.ok(found.ok);
  assert.deepEqual(
    found.value.rows.map(({ index, kind, covers }) => [index, kind, covers]),
    [
      [0, 'halt', 'yes'],
      [6, 'halt', 'yes'],
      [8, 'halt_effective', 'yes'],
      [11, 'read', 'yes'],
      [13, 'undo_planned', 'yes'],
      [14, 'undo_step', 'yes'],
    ],
  );
  assert.equal(found.value.isAll, true);
});

test('traces: a halted room is not known where nothing open says of which one is', async () => {
  for (const marked of [{}, { roomMark: 'room_11111111war-room' }]) await isNotKnown(marked);
});

async function isNotKnown(marked: { readonly roomMark?: string }): Promise<void> {
  const open = { scope: 'room', target: 'war-room', reason: 'odd', by: 'ops', epoch: 1, id: 'h' };
  const entries = [
    makeEntry('session_opened', { ...chain, at: 1, open: openedOpen(marked) }),
    makeEntry('halt', { agent: 'refunds', session: null, at: 2, open }),
  ];
  const models = new MemoryModels();
  await models.fold(0, entries);
  const traces = makeTraces({ ...QUIET, models, sequencer: logOf(entries) });
  const found = await traces.around(chain);
  assert.deepEqual(found.ok ? found.value.rows.map(({ covers }) => covers) : null, ['unknown']);
}
