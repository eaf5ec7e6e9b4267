import assert from 'node:assert/strict';
import { test } from 'node:test';

import { figuresText } from './audit-text.ts';

const ROW = { drawn: 2, judged: 2, erased: 0, claims: { right: 3, wrong: 1, unsure: 0 } };

test('figures: they are printed with their intervals, beside what is reported', () => {
  const accurate = { count: 1, of: 2, share: 0.5, low: 0.0945, high: 0.9055 };
  const text = figuresText({
    audit: 'aud_1',
    agent: 'desk',
    strata: [
      { ...ROW, stratum: 'resolved', count: 30, accurate },
      { ...ROW, stratum: 'ok', count: 0, accurate },
    ],
    claimed: 1,
    audited: { share: 0.5, low: 0.0945, high: 0.9055 },
    gap: 0.5,
    isWide: true,
    unknown: 0,
  });
  assert.equal(
    text,
    [
      'aud_1 of desk',
      'reported  sessions  drawn  judged  erased  accurate                claims r/w/u',
      'resolved  30        2      2       0       50.0 % [9.4 %, 90.5 %]  3/1/0',
      'the agent reports success in 100.0 %',
      'audited: 50.0 % [9.4 %, 90.5 %] (95 % interval, weighted by the strata)',
      'gap: 50.0 points: above 10',
    ].join('\n'),
  );
});
