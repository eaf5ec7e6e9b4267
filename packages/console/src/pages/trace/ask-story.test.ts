import assert from 'node:assert/strict';
import { test } from 'node:test';

import { askIdOf } from '@plumbline/core';

import { askStories } from './ask-story.ts';

type Rows = Parameters<typeof askStories>[0];

const ASK = askIdOf('dec_1');

/** A decision that asks two of `role:lead`, opened or not, and what followed. */
function rowsWith(isOpened: boolean, more: readonly (readonly [string, object, object])[]): Rows {
  const requirements = [{ rule: 'big', approvers: ['role:lead'], quorum: 2, withinMs: 900_000 }];
  const asked: readonly [string, object, object] = [
    'decided',
    { decision: 'dec_1', verdict: 'step_up', findings: [{ rule: 'big', kind: 'step_up' }] },
    { action: { tool: 'pay', digest: 'd' }, decision: { verdict: { requirements } } },
  ];
  return [asked, ...more].map(([kind, open, secret], index) => ({
    index,
    at: index,
    kind,
    open: { ...open },
    secret: isOpened ? { ...secret } : null,
  }));
}

function voteBy(person: string, outcome: 'approve' | 'deny') {
  const open = { ask: ASK, decision: 'dec_1', outcome, rules: ['big'], mechanism: 'key' };
  const seats = [{ rule: 'big', person }];
  return ['vote', open, { person, reason: `${person} says`, seats }] as const;
}

test('asks: who was asked by which rule, how far they came and what it came to', () => {
  const approval = [
    'approval',
    { id: `${ASK}.0`, outcome: 'approved' },
    { by: ['a', 'b'] },
  ] as const;
  const used = [
    'decided',
    { decision: 'dec_2', verdict: 'allow', spends: [`${ASK}.0`] },
    {},
  ] as const;
  const votes = [voteBy('ada', 'approve'), voteBy('bob', 'approve')];
  const stories = askStories(rowsWith(true, [...votes, approval, used]));
  assert.deepEqual([...stories.keys()], [0, 1, 2, 3]);
  const story = stories.get(0);
  assert.deepEqual(story?.rules, [
    { rule: 'big', approvers: ['role:lead'], quorum: 2, approvals: 2, withinMs: 900_000 },
  ]);
  assert.deepEqual(
    story?.votes.map(({ person, outcome, reason }) => [person, outcome, reason]),
    [
      ['ada', 'approve', 'ada says'],
      ['bob', 'approve', 'bob says'],
    ],
  );
  assert.deepEqual([story?.end, story?.endIndex, story?.usedIndex], ['approved', 3, 4]);
});

test('asks: while nothing is opened, the rules and the words yes and no are told', () => {
  const story = askStories(rowsWith(false, [voteBy('ada', 'deny')])).get(1);
  assert.deepEqual(story?.rules, [
    { rule: 'big', approvers: [], quorum: null, approvals: null, withinMs: null },
  ]);
  assert.deepEqual(
    story?.votes.map(({ person, outcome }) => [person, outcome]),
    [[null, 'deny']],
  );
  assert.equal(story?.end, 'waits');
});

test('asks: a halt, or the end of the session, ends what nobody decided', () => {
  const endWith = (kind: string): string | undefined =>
    askStories(rowsWith(true, [[kind, {}, {}]])).get(0)?.end;
  assert.deepEqual(['halt', 'session_closed', 'message'].map(endWith), [
    'halted',
    'closed',
    'waits',
  ]);
});

test('asks: the same request again while it waits is the same ask', () => {
  const again = [
    'decided',
    { decision: 'dec_2', verdict: 'step_up', findings: [] },
    { action: { tool: 'pay', digest: 'd' } },
  ] as const;
  const stories = askStories(rowsWith(true, [again, voteBy('ada', 'approve')]));
  assert.equal(stories.get(1)?.ask, ASK);
  assert.equal(stories.get(1)?.votes.length, 1);
});
