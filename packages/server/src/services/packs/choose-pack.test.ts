import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { makeEntry, openedOpen } from '../../../testing/log-entries.ts';
import { MemoryModels } from '../../../testing/memory-models.ts';
import { sealPayload } from '../../seal/seal.ts';
import type { Caller } from '../../routes/caller.ts';
import { LOCAL } from '../../routes/gate/authenticate.ts';
import { choosePack } from './choose-pack.ts';
import type { PackAsked } from './packs.ts';

const OF_MAIL: Caller = { ...LOCAL, id: 'k1', kind: 'person', roles: ['viewer'], agents: ['mail'] };
const ANY: PackAsked = { agent: null, sessions: [], fromAt: null, untilAt: null };

const ADA = `sub_${'a'.repeat(32)}`;
const BO = `sub_${'b'.repeat(32)}`;

const sealedFor = (id: string) => sealPayload({ id, key: Buffer.alloc(32, 7) }, '{}').sealed;

const of = (agent: string, session: string | null, at: number) => ({ agent, session, at });
const opened = (place: ReturnType<typeof of>, subject = ADA) =>
  makeEntry('session_opened', {
    ...place,
    open: openedOpen({}),
    sealed: sealedFor(subject),
  });
const erased = (subject: string, at: number, sessions: readonly string[] = []) =>
  makeEntry('erasure', { at, open: { subject, sessions: [...sessions], by: 'local' } });

async function scene({ start = 0, entries: most = 100, sessions = 10, closed = ['s1'] } = {}) {
  const models = new MemoryModels();
  const entries = [
    makeEntry('boot', { at: 1 }),
    makeEntry('agent_added', { ...of('mail', null, 2), open: { by: 'local' } }),
    opened(of('mail', 's1', 3)),
    opened(of('refunds', 's2', 4), BO),
    makeEntry('read', { ...of('refunds', null, 5), open: { by: 'k', session: 's2' } }),
    erased(ADA, 6, closed),
    erased(BO, 7),
    makeEntry('message', { ...of('mail', 's1', 8), open: { from: 'principal' } }),
    opened(of('mail', 's3', 9)),
  ];
  await models.fold(0, entries);
  const sequencer = {
    read: (from: number, limit: number) => Promise.resolve(entries.slice(from, from + limit)),
    blob: () => Promise.resolve(undefined),
  };
  const bounds = { entries: most, sessions };
  return (asked: Partial<PackAsked>, by: Caller = LOCAL) =>
    choosePack({ models, sequencer, start: () => start, bounds }, { ...ANY, ...asked }, by);
}

test('packs: whole sessions, the chains of their agents, and the erasures in them', async () => {
  verifies('evidence.pack');
  const choose = await scene();
  const one = await choose({ sessions: ['s1'] });
  assert.deepEqual(one.ok && [one.value.indexes, one.value.sealed], [[1, 2, 5, 7], 1]);
  const agent = await choose({ agent: 'mail' });
  assert.deepEqual(agent.ok && agent.value.indexes, [1, 2, 5, 7, 8]);
  const two = await choose({ sessions: ['s1', 's2', 's1'] });
  assert.deepEqual(two.ok && two.value.indexes, [1, 2, 3, 4, 5, 6, 7]);
});

test('packs: a time chooses sessions with an entry in it, and those whole', async () => {
  const choose = await scene();
  const late = await choose({ agent: 'mail', fromAt: 8, untilAt: 9 });
  assert.deepEqual(late.ok && late.value.indexes, [1, 2, 5, 7]);
  const none = await choose({ agent: 'mail', fromAt: 100 });
  assert.equal(none.ok ? null : none.error.code, 'not-found');
  const named = await choose({ sessions: ['s2'], fromAt: 8 });
  assert.equal(named.ok ? null : named.error.code, 'not-found');
});

test('packs: who is for some agents is told of no session of another', async () => {
  verifies('enforce.every-path');
  const choose = await scene();
  const own = await choose({ sessions: ['s1'] }, OF_MAIL);
  assert.equal(own.ok, true);
  const other = await choose({ sessions: ['s1', 's2'] }, OF_MAIL);
  const unknown = await choose({ sessions: ['s9'] }, OF_MAIL);
  assert.deepEqual(
    [other, unknown].map((each) => (each.ok ? null : each.error)),
    ['s2', 's9'].map((session) => {
      return { code: 'unknown-session', message: `there is no session \`${session}\`` };
    }),
  );
  const mixed = await choose({ agent: 'mail', sessions: ['s2'] });
  assert.equal(mixed.ok ? null : mixed.error.code, 'unknown-session');
});

test('packs: an erasure that names sessions of other agents is not for everybody', async () => {
  verifies('enforce.every-path');
  const choose = await scene({ closed: ['s1', 's2'] });
  const own = await choose({ sessions: ['s1'] }, OF_MAIL);
  assert.deepEqual(own.ok && own.value.indexes, [1, 2, 7]);
  const every = await choose({ sessions: ['s1'] });
  assert.deepEqual(every.ok && every.value.indexes, [1, 2, 5, 7]);
});

test('packs: what is too large is refused', async () => {
  const few = await scene({ entries: 3 });
  const many = await few({ agent: 'mail' });
  assert.equal(many.ok ? null : many.error.code, 'too-large');
  const lone = await scene({ sessions: 1 });
  const two = await lone({ agent: 'mail' });
  assert.equal(two.ok ? null : two.error.code, 'too-large');
});

test('packs: sessions that began in an earlier log are counted and left out', async () => {
  const choose = await scene({ start: 5 });
  const some = await choose({ agent: 'mail' });
  assert.deepEqual(some.ok && [some.value.earlier, some.value.indexes], [1, [0, 3]]);
  const none = await choose({ sessions: ['s1'] });
  assert.match(none.ok ? '' : none.error.message, /log\/rolled/);
});
