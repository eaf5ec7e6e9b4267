import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { figuresOf } from './figures.ts';
import type { Stratum } from './interaction.ts';
import type { AuditItem, Judgement } from './period.ts';

type Told = { readonly stratum: Stratum; readonly yes: number; readonly no: number };

function judged(stratum: Stratum, of: Partial<Judgement>): AuditItem {
  const judgement: Judgement = {
    resolved: 'yes',
    right: 1,
    wrong: 0,
    unsure: 0,
    at: 1,
    index: 1,
    by: 'k1',
    person: 'per_1',
    ...of,
  };
  const ids = { item: 'i', audit: 'a', agent: 'support', session: 's' };
  return { ...ids, stratum, closedAt: 1, subject: null, hands: new Set(), judgement };
}

function itemsOf(told: readonly Told[]): readonly AuditItem[] {
  return told.flatMap(({ stratum, yes, no }) => [
    ...Array.from({ length: yes }, () => judged(stratum, {})),
    ...Array.from({ length: no }, () => judged(stratum, { resolved: 'no' })),
  ]);
}

const none = (): boolean => false;
const near = (found: number | null, wanted: number): void =>
  assert.ok(found !== null && Math.abs(found - wanted) < 5e-5, `${found} is not ${wanted}`);

test('figures: what is audited is weighted by the strata, beside what was claimed', () => {
  verifies('human.audit-sample');
  const strata = [
    { stratum: 'resolved' as const, count: 900, drawn: 45 },
    { stratum: 'unresolved' as const, count: 100, drawn: 5 },
  ];
  const items = itemsOf([
    { stratum: 'resolved', yes: 27, no: 18 },
    { stratum: 'unresolved', yes: 1, no: 4 },
  ]);
  const { claimed, audited, gap, isWide, unknown } = figuresOf({ strata, items }, none);
  assert.equal(claimed, 0.9);
  // 0.9 * 27/45 + 0.1 * 1/5; Wilson's limits are 0.45450 and 0.72976 of 27/45, 0.03622 and 0.62447
  // of 1/5.
  near(audited.share, 0.56);
  near(audited.low, 0.42805);
  near(audited.high, 0.68425);
  near(gap, 0.34);
  assert.equal(isWide, true);
  assert.equal(unknown, 0);
});

test('figures: a wrong claim, and one nobody could confirm, are not accurate', () => {
  const strata = [{ stratum: 'ok' as const, count: 3, drawn: 3 }];
  const items = [
    judged('ok', { right: 2 }),
    judged('ok', { wrong: 1 }),
    judged('ok', { resolved: 'unsure', unsure: 1 }),
  ];
  const [row] = figuresOf({ strata, items }, none).strata;
  assert.deepEqual([row?.accurate.count, row?.accurate.of], [1, 3]);
  assert.deepEqual(row?.claims, { right: 4, wrong: 1, unsure: 1 });
});

test('figures: before anything is judged nothing is said, and how much is missing is', () => {
  const strata = [
    { stratum: 'resolved' as const, count: 30, drawn: 2 },
    { stratum: 'not-ok' as const, count: 10, drawn: 1 },
  ];
  const bare = figuresOf({ strata, items: [] }, none);
  assert.deepEqual(bare.audited, { share: null, low: null, high: null });
  assert.deepEqual([bare.gap, bare.isWide, bare.unknown], [null, false, 1]);
  const half = figuresOf({ strata, items: [judged('resolved', {})] }, none);
  assert.equal(half.unknown, 0.25);
  assert.equal(half.gap, 0, 'claimed and audited are of the same strata');
});

test('figures: the interval holds the truth as often as it says', () => {
  let state = 20_260_101;
  const random = (): number =>
    (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const truth: readonly (readonly [Stratum, number, number, number])[] = [
    ['resolved', 700, 35, 0.85],
    ['unresolved', 200, 10, 0.3],
    ['not-ok', 100, 5, 0.5],
  ];
  const wanted = truth.reduce((sum, [, count, , share]) => sum + (count / 1_000) * share, 0);
  const ROUNDS = 2_000;
  let held = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const items = itemsOf(
      truth.map(([stratum, , drawn, share]) => {
        const yes = Array.from({ length: drawn }, random).filter((roll) => roll < share).length;
        return { stratum, yes, no: drawn - yes };
      }),
    );
    const strata = truth.map(([stratum, count, drawn]) => ({ stratum, count, drawn }));
    const { low, high } = figuresOf({ strata, items }, none).audited;
    if (low !== null && high !== null && low <= wanted && wanted <= high) held += 1;
  }
  assert.ok(held / ROUNDS > 0.94 && held / ROUNDS < 0.985, `${held} of ${ROUNDS}`);
});
