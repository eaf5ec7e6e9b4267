import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VoteFact, VoteOutcome } from '@plumbline/core';

import { verifies } from '@plumbline/testkit';

import { fatigueOf } from './fatigue.ts';

function votes(
  person: string,
  all: readonly (readonly [VoteOutcome, number | null])[],
): VoteFact[] {
  return all.map(([outcome, shownMs], at) => {
    return { at: 1_000 + at, ask: `apr_${at}`, person, by: 'key', outcome, shownMs };
  });
}

test('fatigue: how much a person approves, how fast, and unseen', () => {
  verifies('human.approvals');
  const lena = votes('lena', [
    ['approve', 1_000],
    ['approve', 9_000],
    ['deny', 4_999],
    ['approve', null],
  ]);
  assert.deepEqual(fatigueOf([...lena, ...votes('omar', [['deny', 60_000]])], 0), [
    {
      person: 'lena',
      decisions: 4,
      approvals: 3,
      approvalShare: 0.75,
      medianMs: 4_999,
      leastMs: 1_000,
      underFiveSeconds: 2,
      unseen: 1,
      means: 'too few decisions to say anything: 4',
    },
    {
      person: 'omar',
      decisions: 1,
      approvals: 0,
      approvalShare: 0,
      medianMs: 60_000,
      leastMs: 60_000,
      underFiveSeconds: 0,
      unseen: 0,
      means: 'too few decisions to say anything: 1',
    },
  ]);
});

test('fatigue: who approves everything at once is told from who looks', () => {
  const many = (ms: number): VoteFact[] =>
    votes(
      'lena',
      Array.from({ length: 20 }, () => ['approve', ms] as const),
    );
  assert.match(fatigueOf(many(900), 0)[0]?.means ?? '', /^approves nearly everything, 20 of 20/);
  assert.equal(
    fatigueOf(many(90_000), 0)[0]?.means,
    'approves nearly everything, and takes time for it',
  );
});

test('fatigue: what is before the window does not count', () => {
  assert.deepEqual(fatigueOf(votes('lena', [['approve', 1]]), 2_000), []);
});
