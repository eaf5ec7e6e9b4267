import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { type Ask, openAsk, transition, type Vote } from './ask.ts';
import { judgeVote } from './judge-vote.ts';
import { settle } from './settle.ts';

const TERMS = { approvalMs: 300_000, denialMs: 86_400_000 };
const LEADS = { rule: 'large', approvers: ['role:lead'], quorum: 2, withinMs: 900_000 };
const LEGAL = { rule: 'abroad', approvers: ['pia@example.com'], quorum: 1, withinMs: 600_000 };

function asked(requirements: Ask['requirements']): Ask {
  return openAsk(
    { session: 's', action: 'sha256:a', pact: 'sha256:b', tool: 'pay' },
    { kind: 'asked', at: 1_000, decision: 'dec_1', request: 'r1', requirements },
  );
}

function voted(ask: Ask, rest: Partial<Vote>): Ask {
  const seats = ask.requirements.map(({ rule, approvers, quorum }) => {
    return { rule, approvers, quorum, person: rest.person ?? 'lena' };
  });
  const vote: Vote = {
    at: 2_000,
    outcome: 'approve',
    person: 'lena',
    reason: 'fine',
    by: 'k',
    mechanism: 'key',
    seats,
    ...rest,
  };
  const next = transition(ask, { kind: 'voted', at: vote.at, vote }, vote.at);
  assert.ok(next.ok);
  return next.value;
}

function voter(id: string, groups: readonly string[] = []) {
  return { id, email: id, groups, names: [] };
}

test('settle: nothing follows while a requirement lacks people', () => {
  verifies('human.approvals');
  const one = voted(asked([LEADS]), {});
  assert.deepEqual(settle(one, 3_000, TERMS), []);
});

test('settle: each set of people discharges the rules it voted on', () => {
  const leads = [{ ...LEADS, person: 'lena' }];
  const first = voted(asked([LEADS, LEGAL]), { seats: leads });
  const second = voted(first, { person: 'omar', seats: [{ ...LEADS, person: 'omar' }] });
  assert.deepEqual(settle(second, 3_000, TERMS), []);
  const legal = [{ ...LEGAL, person: 'pia' }];
  const whole = voted(second, { person: 'pia', at: 5_000, seats: legal, reason: 'legal' });
  const about = { session: 's', action: 'sha256:a', pact: 'sha256:b', outcome: 'approved' };
  assert.deepEqual(settle(whole, 6_000, TERMS), [
    {
      id: 'apr_1.1',
      ...about,
      rules: ['large'],
      by: ['lena', 'omar'],
      reason: 'fine; fine',
      expiresAtMs: 305_000,
    },
    {
      id: 'apr_1.2',
      ...about,
      rules: ['abroad'],
      by: ['pia'],
      reason: 'legal',
      expiresAtMs: 305_000,
    },
  ]);
});

test('settle: a denial comes before a quorum, a quorum before the deadline', () => {
  const denied = voted(voted(voted(asked([LEADS]), {}), { person: 'omar' }), {
    person: 'ray',
    outcome: 'deny',
    reason: 'no',
  });
  assert.deepEqual(
    settle(denied, 3_000, TERMS).map(({ outcome, by, reason }) => [outcome, by, reason]),
    [['denied', ['ray'], 'no']],
  );
  const whole = voted(voted(asked([LEADS]), {}), { person: 'omar' });
  assert.equal(settle(whole, 10_000_000, TERMS)[0]?.outcome, 'approved');
});

test('settle: at the deadline nobody denied it', () => {
  const ask = asked([LEADS, LEGAL]);
  assert.equal(ask.expiresAtMs, 601_000);
  assert.deepEqual(settle(ask, 600_999, TERMS), []);
  const [expired] = settle(ask, 601_000, TERMS);
  assert.deepEqual(
    [expired?.outcome, expired?.by, expired?.rules, expired?.reason, expired?.expiresAtMs],
    ['denied', [], ['large', 'abroad'], 'nobody approved in time', 87_001_000],
  );
});

test('settle: one person and one seat count once, however they were recorded', () => {
  const twice = voted(voted(asked([LEADS]), {}), { person: 'LENA' });
  assert.deepEqual(settle(twice, 3_000, TERMS), []);
  const seated = voted(voted(asked([LEADS]), {}), {
    person: 'omar',
    seats: [{ ...LEADS, person: 'Lena' }],
  });
  assert.deepEqual(settle(seated, 3_000, TERMS), []);
});

test('transition: a vote at the deadline comes too late, and nothing happens after an end', () => {
  const ask = asked([LEADS]);
  const vote = voted(ask, {}).votes[0];
  assert.ok(vote !== undefined);
  const late = transition(ask, { kind: 'voted', at: 901_000, vote }, 901_000);
  assert.equal(late.ok ? 'voted' : late.error.code, 'expired');
  const over = transition(ask, { kind: 'superseded', at: 2_000 }, 2_000);
  assert.ok(over.ok);
  const after = transition(over.value, { kind: 'voted', at: 3_000, vote }, 3_000);
  assert.equal(after.ok ? 'voted' : after.error.code, 'ended');
});

test('votes: of two layers with a rule of one name, each has to have its own people', () => {
  const same = { ...LEGAL, rule: 'large' };
  const pia = voter('pia@example.com');
  const judged = judgeVote(asked([LEADS, same]), pia, { barred: [], givers: [] });
  assert.ok(judged.ok);
  assert.deepEqual(
    judged.value.map(({ approvers }) => approvers),
    [['pia@example.com']],
  );
});

test('votes: a seat that was given is not given on, and its taker has only one', () => {
  const ask = asked([LEADS]);
  const givers = [voter('lena', ['lead']), voter('omar', ['lead'])];
  const judged = judgeVote(ask, voter('eve'), { barred: [], givers });
  assert.ok(judged.ok);
  assert.deepEqual(
    judged.value.map(({ person }) => person),
    ['lena'],
  );
  const onward = judgeVote(ask, voter('mallory'), { barred: [], givers: [voter('eve')] });
  assert.equal(onward.ok ? 'counted' : onward.error.code, 'not-entitled');
});
