import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Round, roundOf, runFor } from './closed-loop.ts';
import { contest, type Contestant } from './contest.ts';

test('closed loop: a round has the rate and the quantiles of its latencies', () => {
  const laps = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual(roundOf(laps, 500), { perSecond: 200, p50Ms: 50, p99Ms: 99 });
});

test('closed loop: a writer asks again only when it was answered', async () => {
  let [asked, most] = [0, 0];
  const call = async (): Promise<void> => {
    asked += 1;
    most = Math.max(most, asked);
    await new Promise((resolve) => setImmediate(resolve));
    asked -= 1;
  };
  await runFor({ writers: 3, call }, 10);
  assert.equal(most, 3);
});

test('contest: rounds alternate, the first two do not count, shares are of the bound', async () => {
  const order: string[] = [];
  const contestant = (name: string, rates: readonly number[]): Contestant => {
    const left = [...rates];
    const round = (): Promise<Round> => {
      order.push(name);
      return Promise.resolve({ perSecond: left.shift() ?? 0, p50Ms: 1, p99Ms: 2 });
    };
    return { name, round };
  };
  const bound = contestant('bound', [1, 1, 100, 200]);
  const ours = contestant('ours', [1, 9, 50, 80]);
  const standings = await contest([bound, ours], 2);
  assert.deepEqual(order.slice(0, 4), ['bound', 'ours', 'bound', 'ours']);
  assert.equal(order.length, 8);
  assert.deepEqual(standings[1]?.share, { median: 0.4, least: 0.4, greatest: 0.5 });
});
