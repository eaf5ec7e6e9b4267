import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Filter, Models } from '../src/store/models.ts';
import {
  decidedOpen,
  findingOf,
  handOverNote,
  makeEntry,
  openedOpen,
  outcomeOpen,
  sealedFor,
} from './log-entries.ts';

const chain = { agent: 'refunds', session: 's1' };

/** A log with one of everything the rows tell apart. */
const log: readonly Uint8Array[] = [
  makeEntry('boot', { at: 10 }),
  makeEntry('session_opened', {
    ...chain,
    at: 20,
    sealed: sealedFor('1'),
    open: openedOpen({ task: 'refund' }),
  }),
  makeEntry('decided', {
    ...chain,
    at: 30,
    sealed: sealedFor('1', 'b'),
    open: decidedOpen({ decision: 'd1' }),
  }),
  makeEntry('outcome', { ...chain, at: 40, open: outcomeOpen({ status: 'error' }) }),
  makeEntry('decided', {
    ...chain,
    at: 50,
    open: decidedOpen({
      decision: 'd2',
      tool: null,
      verdict: 'deny',
      findings: [findingOf('r1'), findingOf('r2'), findingOf('r1')],
    }),
  }),
  makeEntry('decided', { ...chain, at: 50, open: decidedOpen({ decision: 'd3' }) }),
  handOverNote,
  Buffer.from('{"v":2}'),
  makeEntry('pact_published', {
    at: 60,
    agent: 'refunds',
    open: { sources: `sha256:${'c'.repeat(64)}` },
  }),
  makeEntry('session_closed', { ...chain, at: 70, open: { reason: 'closed' } }),
];

/** The tests every implementation of the read models passes. */
export function testModels(kind: string, makeModels: () => Promise<Models>): void {
  const withModels = (claim: string, check: (models: Models) => Promise<void>): void => {
    test(`${kind}: ${claim}`, async () => {
      const models = await makeModels();
      try {
        await check(models);
      } finally {
        await models.close();
      }
    });
  };
  for (const [claim, check] of Object.entries({ ...ofRows, ...ofFolding })) {
    withModels(claim, check);
  }
}

async function indexes(models: Models, filter: Filter): Promise<readonly number[]> {
  return (await models.decisions(filter)).rows.map(({ index }) => index);
}

const ofRows: Readonly<Record<string, (models: Models) => Promise<void>>> = {
  'openings of a room are listed with those that say nothing of rooms': async (models) => {
    const opening = (session: string, open: object): Uint8Array =>
      makeEntry('session_opened', { ...chain, session, at: 10, open: openedOpen({ ...open }) });
    await models.fold(0, [
      opening('s1', {}),
      opening('s2', { roomMark: 'room_aaaaaaaa1' }),
      opening('s3', { roomMark: 'room_aaaaaaaa2' }),
      opening('s4', { roomMark: null }),
      opening('s5', { roomMark: 'room_aaaaaaaa1' }),
      opening('s6', { roomMark: 'room_99999999f' }),
      opening('s7', { roomMark: 'room_bbbbbbbb0' }),
    ]);
    const asked = { roomMark: 'room_aaaaaaaa1', limit: 2 };
    const sessionsOf = async (before: number | null) => {
      const { rows, next } = await models.roomOpenings({ ...asked, before });
      return [rows.map(({ session }) => session), next];
    };
    assert.deepEqual(await sessionsOf(null), [['s7', 's6'], 5], 'marks of other keys say nothing');
    assert.deepEqual(await sessionsOf(5), [['s5', 's2'], 1]);
    const rest = await models.roomOpenings({ ...asked, before: 1 });
    assert.deepEqual(rest, {
      rows: [{ index: 0, agent: 'refunds', session: 's1' }],
      next: null,
      nextIndex: 7,
    });
  },
  'a session counts what was decided in it': async (models) => {
    await models.fold(0, log);
    const { rows } = await models.sessions({ agent: 'refunds', limit: 1 });
    assert.deepEqual(rows, [
      {
        agent: 'refunds',
        session: 's1',
        openedAt: 20,
        closedAt: 70,
        task: 'refund',
        openedBy: 'local',
        subject: `sub_${'1'.repeat(32)}`,
        decisions: 3,
        refusals: 1,
        lastAt: 70,
      },
    ]);
  },
  'a claim is in force, spent, revoked, halted or closed': async (models) => {
    const claim = (id: string | null, more: object = {}) => {
      const open = { mechanism: 'totp', verifiedAtMs: 5, expiresAtMs: 9_000, ...more };
      return makeEntry('claim', { ...chain, at: 31, open: id === null ? open : { ...open, id } });
    };
    const spending = { ...decidedOpen({ decision: 'd5' }), grants: ['g1'] };
    await models.fold(0, [
      makeEntry('session_opened', { ...chain, at: 20, open: openedOpen({}) }),
      claim('g1', { once: true }),
      claim('g2', { mechanism: 'oidc' }),
      claim('g3', { once: true }),
      claim(null),
      makeEntry('decided', { ...chain, at: 40, open: spending }),
      makeEntry('claim_revoked', { ...chain, at: 41, open: { id: 'g2', by: 'k1' } }),
      makeEntry('halt', {
        agent: 'refunds',
        at: 42,
        open: { scope: 'agent', target: '', reason: 'x', by: 'k1', epoch: 1 },
      }),
      makeEntry('session_closed', { ...chain, at: 43, open: { reason: 'closed' } }),
    ]);
    const { rows } = await models.grants({ agent: 'refunds' });
    assert.deepEqual(
      rows.map(({ claim: id, end, endedAt, isOnce }) => [id, end, endedAt, isOnce]),
      [
        [null, 'closed', 43, false],
        ['g3', 'halted', 42, true],
        ['g2', 'revoked', 41, false],
        ['g1', 'spent', 40, true],
      ],
    );
    assert.deepEqual(
      rows.map(({ verifiedAt, expiresAt }) => [verifiedAt, expiresAt]),
      rows.map(() => [5, 9_000]),
    );
    assert.deepEqual(await models.grantCounts({ agent: 'refunds', limit: 1 }), [
      { mechanism: 'oidc', count: 1 },
      { mechanism: 'totp', count: 3 },
    ]);
    const narrowed = { mechanism: 'totp', session: 's1', fromAt: 31, untilAt: 32, limit: 2 };
    assert.equal((await models.grants(narrowed)).rows.length, 2);
    assert.deepEqual(await models.grantCounts({ agent: 'mail' }), []);
  },
  'a decision has its rules once, and its outcome': async (models) => {
    await models.fold(0, log);
    const usual = { agent: 'refunds', session: 's1', pact: `sha256:${'a'.repeat(64)}` };
    assert.deepEqual(await models.decision('d1'), {
      ...usual,
      index: 2,
      at: 30,
      decision: 'd1',
      tool: 'refund',
      verdict: 'allow',
      rules: [],
      outcome: 'error',
      outcomeIndex: 3,
    });
    assert.deepEqual((await models.decisions({ verdict: 'deny' })).rows, [
      {
        ...usual,
        index: 4,
        at: 50,
        decision: 'd2',
        tool: null,
        verdict: 'deny',
        rules: ['r1', 'r2'],
        outcome: null,
        outcomeIndex: null,
      },
    ]);
    assert.equal(await models.decision('d9'), undefined);
    const where = await models.whereDecided(['d2', 'd9', 'd1']);
    assert.deepEqual([where.size, where.get('d2')], [2, 4]);
  },
  'every entry is an event, hand-over notes and unreadable ones too': async (models) => {
    await models.fold(0, log);
    const { rows, next, nextIndex } = await models.events({});
    assert.deepEqual(
      rows.map(({ index, at, kind }) => `${index} ${at} ${kind}`),
      [
        '9 70 session_closed',
        '8 60 pact_published',
        '7 50 unreadable',
        '6 50 handover',
        '5 50 decided',
        '4 50 decided',
        '3 40 outcome',
        '2 30 decided',
        '1 20 session_opened',
        '0 10 boot',
      ],
    );
    assert.deepEqual([next, nextIndex], [null, 10]);
    assert.equal(rows[7]?.blob, `sha256:${'b'.repeat(64)}`);
    assert.equal(rows[1]?.blob, `sha256:${'c'.repeat(64)}`);
  },
  'every member of a filter narrows': async (models) => {
    await models.fold(0, log);
    const subject = `sub_${'1'.repeat(32)}`;
    assert.deepEqual(await indexes(models, {}), [5, 4, 2]);
    assert.deepEqual(await indexes(models, { rule: 'r1' }), [4]);
    assert.deepEqual(await indexes(models, { rule: 'r1', verdict: 'allow' }), []);
    assert.deepEqual(await indexes(models, { isUnfinished: true }), [5]);
    assert.deepEqual(await indexes(models, { isUnfinished: false }), [4, 2]);
    assert.deepEqual(await indexes(models, { tool: 'refund', session: 's1' }), [5, 2]);
    assert.deepEqual(await indexes(models, { subject }), [2]);
    assert.deepEqual(await indexes(models, { fromAt: 30, untilAt: 50 }), [2]);
    assert.deepEqual(await indexes(models, { fromAt: 71 }), []);
    assert.deepEqual(await indexes(models, { agent: 'other' }), []);
    const events = await models.events({ subject });
    assert.deepEqual(
      events.rows.map(({ index }) => index),
      [2, 1],
    );
  },
  'pages follow one another without gaps': async (models) => {
    await models.fold(0, log);
    const first = await models.events({ limit: 4 });
    assert.equal(first.next, 6);
    const second = await models.events({ limit: 4, before: 6 });
    const third = await models.events({ limit: 4, before: second.next ?? -1 });
    const seen = [first, second, third].flatMap(({ rows }) => rows.map(({ index }) => index));
    assert.deepEqual(seen, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    assert.equal(third.next, null);
    assert.deepEqual((await models.events({ before: 0 })).rows, []);
  },
  'what follows an index comes oldest first': async (models) => {
    await models.fold(0, log);
    const first = await models.events({ session: 's1', after: -1, limit: 4 });
    assert.deepEqual(
      first.rows.map(({ index }) => index),
      [1, 2, 3, 4],
    );
    assert.equal(first.next, 4);
    const rest = await models.events({ session: 's1', after: 4 });
    assert.deepEqual(
      rest.rows.map(({ index }) => index),
      [5, 9],
    );
    assert.equal(rest.next, null);
  },
  'an event says what was decided, and how it ended': async (models) => {
    await models.fold(0, log);
    const { rows } = await models.events({ session: 's1', after: 1, limit: 3 });
    assert.deepEqual(
      rows.map(({ decision, tool, verdict, outcome }) => [decision, tool, verdict, outcome]),
      [
        ['d1', 'refund', 'allow', null],
        ['d1', null, null, 'error'],
        ['d2', null, 'deny', null],
      ],
    );
  },
  'a name is found by how it begins': async (models) => {
    await models.fold(0, log);
    const find = (what: 'tool' | 'rule', text: string, agents: readonly string[] | null = null) =>
      models.nameLike({ what, text, agents });
    assert.equal(await find('tool', 'ref'), 'refund');
    assert.equal(await find('tool', 'mail'), undefined);
    assert.equal(await find('rule', 'r'), 'r1');
    assert.equal(await find('rule', 'r2'), 'r2');
    assert.equal(await find('rule', 'r', ['nobody', 'support']), undefined);
    assert.equal(await find('tool', 'ref', ['nobody', chain.agent]), 'refund');
    assert.equal(await find('rule', 'r', [chain.agent]), 'r1');
    assert.equal(await find('tool', 'ref', []), undefined);
  },
  'an agent is as busy as it was since a minute': async (models) => {
    await models.fold(0, log.slice(0, 5));
    const later = { ...chain, at: 120_005 };
    await models.fold(5, [
      makeEntry('decided', { ...later, open: decidedOpen({ decision: 'd8' }) }),
      makeEntry('decided', { ...later, open: decidedOpen({ decision: 'd9', verdict: 'deny' }) }),
      makeEntry('armed', {
        agent: 'mail',
        at: 120_006,
        open: { pact: `sha256:${'a'.repeat(64)}` },
      }),
    ]);
    const mail = { agent: 'mail', lastAt: 120_006, lastIndex: 7, decisions: 0, refusals: 0 };
    const refunds = { agent: 'refunds', lastAt: 120_005, lastIndex: 6 };
    assert.deepEqual(await models.activity(120_500), [
      mail,
      { ...refunds, decisions: 2, refusals: 1 },
    ]);
    assert.deepEqual(await models.activity(0), [mail, { ...refunds, decisions: 4, refusals: 2 }]);
  },
  'a filter that a list has no member for is a bug': async (models) => {
    await models.fold(0, log);
    await assert.rejects(models.sessions({ rule: 'r1' }), /sessions cannot be narrowed by `rule`/);
    await assert.rejects(models.decisions({ kind: 'decided' }), /bug/);
    await assert.rejects(models.events({ tool: 'refund' }), /bug/);
    for (const limit of [0, 1001, 1.5]) await assert.rejects(models.events({ limit }), /bug/);
  },
};

const ofFolding: Readonly<Record<string, (models: Models) => Promise<void>>> = {
  'entries that were folded are skipped, and a gap is refused': async (models) => {
    assert.equal(await models.nextIndex(), 0);
    await models.fold(0, log.slice(0, 4));
    await models.fold(2, log.slice(2, 6));
    await models.fold(0, log.slice(0, 3));
    assert.equal(await models.nextIndex(), 6);
    await assert.rejects(models.fold(7, log.slice(7)), /bug: entry 6 is next, not 7/);
    await models.fold(6, []);
    assert.equal((await models.events({})).nextIndex, 6);
    assert.equal((await models.sessions({})).rows[0]?.decisions, 3);
  },
  'dropping starts over': async (models) => {
    await models.fold(0, log);
    const before = await models.events({});
    await models.drop();
    assert.equal(await models.nextIndex(), 0);
    assert.deepEqual((await models.events({})).rows, []);
    assert.equal(await models.decision('d1'), undefined);
    await models.fold(0, log);
    assert.deepEqual(await models.events({}), before);
  },
  'of what no honest log holds twice, the first stands': async (models) => {
    const [boot, opened, decided, outcome] = log;
    const early = makeEntry('decided', { ...chain, at: 1, open: decidedOpen({ decision: 'd0' }) });
    const stranger = makeEntry('outcome', {
      agent: 'refunds',
      session: 's2',
      at: 45,
      open: outcomeOpen(),
    });
    const parts = [early, opened, decided, stranger, opened, decided, outcome, outcome, boot];
    const entries = parts.flatMap((entry) => entry ?? []);
    await models.fold(0, entries);
    const { rows } = await models.sessions({});
    assert.deepEqual(
      rows.map(({ decisions, openedAt }) => [decisions, openedAt]),
      [[1, 20]],
    );
    assert.equal((await models.decision('d1'))?.outcomeIndex, 6);
  },
};
