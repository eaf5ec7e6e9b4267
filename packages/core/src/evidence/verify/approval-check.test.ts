import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { Approval } from '../../approval/approval.ts';
import type { Event } from '../../decide/event.ts';
import { initialState } from '../../decide/state.ts';
import type { JsonObject } from '../../json.ts';
import type { Entry } from '../entry.ts';
import { ApprovalCheck } from './approval-check.ts';

const PACT = `sha256:${'b'.repeat(64)}` as const;
const ACTION = `sha256:${'a'.repeat(64)}` as const;
const RULE = { rule: 'large', approvers: ['role:lead'], quorum: 2 };

function scene() {
  const state = initialState('a');
  state.pact = PACT;
  const bare = { task: null, room: null, attributes: {}, haltedBy: null, lastAt: 1 };
  const tables = { labels: new Set<string>(), claims: [], refusals: new Map(), records: new Map() };
  const memory = { held: [], size: 0, readings: [] };
  const session = { id: 's', principal: 'ada', ...bare, ...tables, counters: new Map(), memory };
  // A session of a state has members that no vote is held to.
  state.sessions.set('s', session as never);
  const check = new ApprovalCheck();
  const asked: Event = {
    kind: 'decided',
    at: 10,
    id: 'dec_1',
    action: { id: 's/r', session: 's', tool: 'pay', args: {}, digest: ACTION },
    facts: [],
    decision: {
      at: 10,
      verdict: { kind: 'step_up', requirements: [{ ...RULE, withinMs: 900 }] },
      because: [],
      charges: [],
      reserves: [],
      spends: [],
      marks: [],
      obligations: [],
      readSet: {},
    },
  };
  check.fold(state, asked);
  const vote = (person: string, rest: JsonObject = {}): string | undefined => {
    const open = { ask: 'apr_1', decision: 'dec_1', outcome: 'approve', rules: ['large'] };
    const secret = { person, reason: 'fine', seats: [{ ...RULE, person }], ...rest };
    // An entry of a vote is read by its time and its open part alone.
    const entry = { at: 20, open: { ...open, by: 'k', mechanism: 'key' } } as unknown as Entry;
    return check.takeVote(entry, secret, state);
  };
  const approval = (rest: Partial<Approval> = {}): string | undefined => {
    const about = { session: 's', action: ACTION, pact: PACT, rules: ['large'] };
    const said = { outcome: 'approved', by: ['lena', 'omar'], reason: 'fine; fine' } as const;
    const whole: Approval = { id: 'apr_1.1', ...about, ...said, expiresAtMs: 99, ...rest };
    return check.complaintOf({ kind: 'approval', at: 30, approval: whole });
  };
  return { vote, approval };
}

test('verify: an approval follows from the votes of as many people as its rule asks for', () => {
  verifies('human.approvals');
  const { vote, approval } = scene();
  assert.equal(vote('lena'), undefined);
  assert.match(approval() ?? '', /does not follow/);
  assert.equal(vote('omar'), undefined);
  assert.equal(approval(), undefined);
});

test('verify: an approval that says more than the votes do is refused', () => {
  const { vote, approval } = scene();
  vote('lena');
  vote('omar');
  assert.match(approval({ rules: ['large', 'abroad'] }) ?? '', /does not follow/);
  assert.match(approval({ by: ['lena', 'eve'] }) ?? '', /does not follow/);
  assert.match(approval({ action: `sha256:${'c'.repeat(64)}` }) ?? '', /does not follow/);
  assert.match(approval({ id: 'apr_2.1' }) ?? '', /nothing that was asked/);
  assert.match(approval({ id: 'apr_2' }) ?? '', /nothing that was asked/);
});

test('verify: a vote of the principal, or on nothing that waits, is refused', () => {
  const { vote } = scene();
  assert.match(vote('ADA') ?? '', /the person it was asked for/);
  const seat = { seats: [{ ...RULE, person: 'Ada' }] };
  assert.match(scene().vote('lena', seat) ?? '', /the person it was asked for/);
});

test('verify: a vote in the seat of somebody whom the rule does not name is refused', () => {
  const named = { ...RULE, approvers: ['lena@example.com'] };
  const inSeat = (person: string) => scene().vote('omar', { seats: [{ ...named, person }] });
  assert.match(inSeat('omar@example.com') ?? '', /its rule does not name/);
  assert.equal(inSeat('Lena@Example.com'), undefined);
});

test('verify: one person who was recorded twice is no quorum', () => {
  const { vote, approval } = scene();
  vote('lena');
  vote('Lena');
  assert.match(approval({ by: ['lena', 'Lena'] }) ?? '', /does not follow/);
});
