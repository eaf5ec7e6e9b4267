import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { usualOf } from './usual.ts';

const paid = (amount: string, order: string) => {
  return { verdict: 'allow', args: { amount, order, note: 'as usual' } } as const;
};
const EARLIER = [paid('5.00', 'A-1'), paid('18.50', 'A-2'), paid('9.00', 'A-1')];

test('usual: what is beyond, new or left out is named, and what is as always is not', () => {
  verifies('human.approval-facts');
  const usual = usualOf({ amount: '35.00', order: 'A-1', to: 'DE89' }, EARLIER);
  assert.deepEqual(usual, {
    looked: 3,
    compared: 3,
    verdicts: { allow: 3 },
    differences: [
      { path: 'amount', what: 'above', low: 5, high: 18.5 },
      { path: 'to', what: 'new-argument', low: null, high: null },
      { path: 'note', what: 'left-out', low: null, high: null },
    ],
  });
});

test('usual: numbers below all others, and texts nobody had there', () => {
  const usual = usualOf({ amount: '1.00', order: 'A-9', note: 'as usual' }, EARLIER);
  assert.deepEqual(
    usual.differences.map(({ path, what }) => [path, what]),
    [
      ['amount', 'below'],
      ['order', 'new-value'],
    ],
  );
});

test('usual: what cannot be opened is counted and not compared', () => {
  const erased = { verdict: 'deny', args: null } as const;
  assert.deepEqual(usualOf({ amount: '35.00' }, [erased]), {
    looked: 1,
    compared: 0,
    verdicts: { deny: 1 },
    differences: [],
  });
});

test('usual: digits that name an account are no amount', () => {
  const earlier = [{ verdict: 'allow', args: { account: '1002003004' } }] as const;
  assert.deepEqual(usualOf({ account: '1002003005' }, earlier).differences, [
    { path: 'account', what: 'new-value', low: null, high: null },
  ]);
});
