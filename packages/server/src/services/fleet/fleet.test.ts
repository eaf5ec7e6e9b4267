import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { fakeApi } from '../../../testing/fake-api.ts';
import { decidedOpen, findingOf, makeEntry } from '../../../testing/log-entries.ts';
import { MemoryModels } from '../../../testing/memory-models.ts';
import type { AgentStatus } from '../../guard/agent-status.ts';
import type { HaltView } from '../../guard/halts/view.ts';
import type { ApprovalRow } from '../approval-rows.ts';
import { attentionOf } from './attention.ts';
import type { FleetReading } from './fleet-reading.ts';
import { overviewOf } from './overview.ts';

const NOW = 1_700_000_000_000;
const MINUTE_MS = 60_000;

const STATUS: AgentStatus = {
  agent: 'refunds',
  pact: `sha256:${'ab'.repeat(32)}`,
  shadow: null,
  epoch: 1,
  halts: [],
  openSessions: 1,
  inFlight: 0,
  waiting: 0,
  reviews: 0,
  alerts: 0,
  autonomy: 2,
  leases: ['gateway'],
};

const HALT: HaltView = {
  halt: 'hlt_1',
  epoch: 1,
  state: 'effective',
  latchedAt: NOW - 5,
  waitingFor: [],
  index: 7,
  agent: 'mail',
  scope: 'agent',
  target: '',
  reason: 'it mails strangers',
  by: 'key1',
  incident: null,
  effectiveAt: NOW,
  effectiveMs: 5,
  acknowledged: [],
  ranOut: [],
  inFlight: [],
  executors: [],
  resumedAt: null,
  revision: 1,
};

const ASK: ApprovalRow = {
  kind: 'action',
  id: 'ask_1',
  agent: 'refunds',
  session: 's1',
  state: 'pending',
  askedAt: NOW - 10,
  expiresAtMs: NOW + 10,
  endedAt: null,
  untilMs: null,
  voidReason: null,
  tool: 'refund',
  decision: 'd0',
  pact: STATUS.pact ?? '',
  requirements: [],
  votes: 0,
};

const DRILL = {
  agent: 'shop',
  rule: { everyMs: 1, holders: 1 },
  last: null,
  lastPassedAt: null,
  isRunning: false,
  dueAt: NOW - 1,
  isOverdue: true,
  holders: 1,
  needed: 1,
  missing: 0,
  entries: [3, 4],
};

const BYPASS = {
  id: 'sha256:1',
  what: 'call' as const,
  agent: 'mail',
  client: null,
  server: 'shop',
  tool: 'pay',
  evidence: 'a transcript',
  seenAtMs: null,
  at: NOW - 1,
  index: 9,
  by: 'key1',
};

async function reading(): Promise<FleetReading> {
  const { api } = fakeApi();
  const models = new MemoryModels();
  const deny = (number: number, at: number, agent = 'refunds') =>
    makeEntry('decided', {
      agent,
      session: agent === 'refunds' ? 's1' : 's2',
      at,
      open: decidedOpen({
        decision: `d${number}`,
        tool: 'refund',
        verdict: 'deny',
        findings: [findingOf('too-much')],
      }),
    });
  await models.fold(0, [
    deny(0, NOW - 90 * MINUTE_MS),
    ...Array.from({ length: 6 }, (_, each) => deny(each + 1, NOW - MINUTE_MS)),
    // A drill has calls refused on purpose.
    ...Array.from({ length: 6 }, (_, each) => deny(each + 11, NOW - MINUTE_MS, 'refunds~drill')),
  ]);
  const { services } = api;
  const statuses = [
    { ...STATUS, agent: 'mail', halts: [{ scope: 'agent', target: '', reason: 'x' }] },
    STATUS,
    { ...STATUS, agent: 'desk', pact: null },
    { ...STATUS, agent: 'shop', halts: [{ scope: 'tool', target: 'pay', reason: 'x' }] },
    { ...STATUS, agent: 'quiet', openSessions: 0 },
  ];
  return {
    guard: {
      ...api.guard,
      agents: () => statuses,
      halts: () => [HALT, { ...HALT, halt: 'hlt_0', resumedAt: NOW }],
    },
    models,
    services: {
      ...services,
      approvals: { ...services.approvals, list: () => [ASK] },
      bypasses: {
        ...services.bypasses,
        list: () => [BYPASS, { ...BYPASS, id: 'old', at: NOW - 8 * 24 * 60 * MINUTE_MS }],
      },
      audits: { ...services.audits, list: () => Promise.resolve([]) },
      undos: { ...services.undos, list: () => [] },
      drills: { ...services.drills, list: () => Promise.resolve([DRILL]) },
      notices: { ...services.notices, messages: () => [], incidents: () => [] },
    },
    clock: () => NOW,
  };
}

test('overview: each agent in a word, with what waits and how its last hour was', async () => {
  verifies('fleet.inventory');
  const { rows, nextIndex } = await overviewOf(await reading(), null);
  assert.equal(nextIndex, 13);
  assert.deepEqual(
    rows.map(({ agent, state, waits, decisions, refusals, bypasses }) => [
      `${agent} ${state}`,
      waits.approvals,
      decisions,
      refusals,
      bypasses,
    ]),
    [
      ['desk unarmed', 0, 0, 0, 0],
      ['mail halted', 0, 0, 0, 1],
      ['quiet idle', 0, 0, 0, 0],
      ['refunds active', 1, 6, 6, 0],
      ['shop restricted', 0, 0, 0, 0],
    ],
  );
  const refunds = rows.find(({ agent }) => agent === 'refunds');
  assert.deepEqual([refunds?.autonomy, refunds?.leases, refunds?.lastIndex], [2, ['gateway'], 6]);
});

test('overview: one that is named stands alone, and only for who may see it', async () => {
  const refunds = await overviewOf(await reading(), null, 'refunds');
  assert.deepEqual(
    refunds.rows.map(({ agent, waits, refusals }) => [agent, waits.approvals, refusals]),
    [['refunds', 1, 6]],
  );
  assert.deepEqual((await overviewOf(await reading(), ['shop'], 'refunds')).rows, []);
});

test('overview: who is for some agents sees those alone', async () => {
  const { rows } = await overviewOf(await reading(), ['shop']);
  assert.deepEqual(
    rows.map(({ agent }) => agent),
    ['shop'],
  );
});

test('attention: the most pressing comes first, each with the entries behind it', async () => {
  verifies('human.approvals');
  const { rows, counts, isComplete } = await attentionOf(await reading(), null);
  assert.deepEqual(
    rows.map(({ kind, severity, entries, path }) => [kind, severity, entries, path]),
    [
      ['bypass', 'critical', [9], '/console/agents/mail'],
      ['approval', 'high', [0], '/console/approvals/ask_1'],
      ['halt', 'high', [7], '/console/halts/hlt_1'],
      ['drill', 'medium', [3, 4], '/console/drills'],
      ['refusals', 'medium', [1, 2, 3, 4, 5, 6], '/console/sessions/s1'],
    ],
  );
  assert.deepEqual(counts, { halt: 1, approval: 1, refusals: 1, bypass: 1, drill: 1 });
  assert.equal(isComplete, true);
  const { rows: own } = await attentionOf(await reading(), ['refunds']);
  assert.deepEqual(
    own.map(({ kind }) => kind),
    ['approval', 'refusals'],
  );
});

test('attention: whatever somebody owes has the entries behind it', async () => {
  verifies('human.audit-sample', 'incident.undo');
  const { api } = fakeApi();
  const { services } = api;
  const base = await reading();
  const undo = services.undos.list(null)[0];
  const audit = (await services.audits.list(null))[0];
  assert.ok(undo !== undefined && audit !== undefined);
  const word = { id: 'n1', title: 'a halt', agent: null, severity: 'high', at: 1, dueAt: 2 };
  const late = { ...word, keptAt: null, isLate: true, first: [], isFirstLate: false, entry: 6 };
  const asked = {
    id: undo.undo,
    agent: 'refunds',
    session: null,
    state: 'pending',
    by: 'k',
  } as const;
  const wanting = { ...asked, askedAt: 1, reason: 'a mistake' };
  const versions = await services.pacts.list('refunds');
  const id = versions.ok ? (versions.value[0]?.digest ?? '') : '';
  const pact = { ...wanting, kind: 'pact' as const, id };
  const { rows } = await attentionOf(
    {
      ...base,
      services: {
        ...base.services,
        approvals: {
          ...services.approvals,
          list: () => [{ ...wanting, kind: 'undo', expiresAtMs: NOW + 1 }, pact],
        },
        audits: { ...services.audits, list: () => Promise.resolve([audit]) },
        undos: { ...services.undos, list: () => [{ ...undo, state: 'stopped' }], find: () => undo },
        notices: { ...services.notices, messages: () => [], incidents: () => [late] },
      },
    },
    null,
  );
  const nothingBehind = rows.filter(({ entries }) => entries.length === 0);
  assert.deepEqual(
    nothingBehind.map(({ kind }) => kind),
    [],
  );
  assert.deepEqual(
    rows.flatMap(({ kind, entries }) => {
      return ['approval', 'undo', 'audit', 'late-word'].includes(kind) ? [[kind, entries]] : [];
    }),
    [
      ['late-word', [6]],
      ['approval', [4]],
      ['undo', [4]],
      ['audit', [5]],
    ],
  );
});
