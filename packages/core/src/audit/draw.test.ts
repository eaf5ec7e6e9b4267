import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { commitmentTo, drawOf } from './draw.ts';
import type { Interaction, Stratum } from './interaction.ts';

const SEED = 'c0ffee'.padEnd(64, '0');
const RULE = { rate: 5, raised: 10, tooGood: 95 };

function sessions(of: Partial<Record<Stratum, number>>): readonly Interaction[] {
  return Object.entries(of).flatMap(([stratum, count]) =>
    Array.from({ length: count }, (_, place): Interaction => {
      const session = `${stratum}-${place}`;
      const leaf = createHash('sha256').update(session).digest('base64');
      // The keys of the object are strata.
      const known = stratum as Stratum;
      return { session, leaf, closedAt: 1, stratum: known, subject: null, hands: new Set() };
    }),
  );
}

const drawnFrom = (of: Partial<Record<Stratum, number>>, isStated = false) =>
  drawOf({ audit: 'aud_1', seed: SEED, rule: RULE, sessions: sessions(of), isStated });

test('draw: each stratum has its share, and at least one of what there is', () => {
  verifies('human.audit-sample');
  const { strata, percent, raised, sample } = drawnFrom({ resolved: 61, unresolved: 39, ok: 1 });
  assert.equal(percent, 5);
  assert.equal(raised, null);
  assert.deepEqual(
    strata.map(({ stratum, count, drawn }) => [stratum, count, drawn]),
    [
      ['resolved', 61, 4],
      ['unresolved', 39, 2],
      ['ok', 1, 1],
      ['not-ok', 0, 0],
    ],
  );
  assert.equal(sample.length, 7);
});

test('draw: it is raised when somebody says so, and when what is reported is too good', () => {
  verifies('human.audit-sample');
  assert.equal(drawnFrom({ resolved: 50, unresolved: 50 }, true).raised, 'stated');
  assert.equal(drawnFrom({ resolved: 50, unresolved: 50 }, true).sample.length, 10);
  const good = drawnFrom({ resolved: 90, ok: 5, unresolved: 5 });
  assert.deepEqual([good.raised, good.percent], ['too-good', 10]);
  assert.equal(drawnFrom({ resolved: 94, unresolved: 6 }).raised, null);
  assert.equal(drawnFrom({ resolved: 19 }).raised, null, 'so few may well all be resolved');
});

test('draw: a stranger draws the same with common tools', () => {
  const all = sessions({ resolved: 40, unresolved: 20 });
  const { sample, population } = drawnFrom({ resolved: 40, unresolved: 20 });
  const lines = all.map(({ leaf }) => `${leaf}\n`).join('');
  const digest = `sha256:${createHash('sha256').update(lines).digest('hex')}`;
  assert.equal(population, digest);
  const ticketOf = ({ leaf }: Interaction): string =>
    createHmac('sha256', SEED)
      .update(`plumbline/audit/1\naud_1\n${digest}\n${leaf}\n`)
      .digest('hex');
  const first = (stratum: Stratum, count: number): readonly string[] => {
    const own = all.filter((each) => each.stratum === stratum);
    const sorted = own.toSorted((a, b) => (ticketOf(a) < ticketOf(b) ? -1 : 1));
    return sorted.slice(0, count).map(({ session }) => session);
  };
  const wanted = [...first('resolved', 2), ...first('unresolved', 1)];
  assert.deepEqual(sample.map(({ session }) => session).toSorted(), wanted.toSorted());
  assert.equal(commitmentTo(SEED), `sha256:${createHash('sha256').update(SEED).digest('hex')}`);
});

test('draw: one session more, or another seed, draws anew: nobody knows it before the end', () => {
  const named = ({ sample }: ReturnType<typeof drawOf>): string =>
    sample.map(({ session }) => session).join();
  const all = sessions({ resolved: 200 });
  const of = { audit: 'aud_1', seed: SEED, rule: RULE, sessions: all, isStated: false };
  const first = drawOf(of);
  assert.equal(named(first), named(drawOf(of)), 'it is drawn the same again');
  assert.notEqual(named(first), named(drawOf({ ...of, seed: '0'.repeat(64) })));
  const more = sessions({ resolved: 201 });
  assert.notEqual(named(first), named(drawOf({ ...of, sessions: more })));
});

test('draw: over many seeds every session is drawn as often as the rate says', () => {
  const all = sessions({ resolved: 60, unresolved: 20 });
  const seen = new Map<string, number>();
  const ROUNDS = 120;
  for (let round = 0; round < ROUNDS; round += 1) {
    const seed = createHash('sha256').update(`${round}`).digest('hex');
    const rule = { ...RULE, rate: 10 };
    const { sample } = drawOf({ audit: 'aud_1', seed, rule, sessions: all, isStated: false });
    for (const { session } of sample) seen.set(session, (seen.get(session) ?? 0) + 1);
  }
  // Of 120 draws at 10 % each, 12 are expected with a deviation of 3.3; the bounds are far out.
  const counts = all.map(({ session }) => seen.get(session) ?? 0);
  assert.ok(Math.min(...counts) > 0 && Math.max(...counts) < 33, counts.join());
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    960,
  );
});

test('draw: of very many sessions as many are drawn as people can judge, in equal shares', () => {
  const of = { audit: 'aud_1', seed: SEED, sessions: sessions({ resolved: 3_000, ok: 1_000 }) };
  const { strata, sample } = drawOf({
    ...of,
    rule: { ...RULE, rate: 90, raised: 90 },
    isStated: false,
  });
  assert.equal(sample.length, 1_500);
  assert.deepEqual(
    strata.map(({ drawn }) => drawn),
    [1_125, 0, 375, 0],
  );
});
