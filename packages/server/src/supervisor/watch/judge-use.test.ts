import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { Limits } from '../sandbox/plan.ts';
import { judgeUse, type LimitName, unused, type Use } from './judge-use.ts';

const LIMITS: Limits = {
  memoryBytes: 1_000,
  processes: 4,
  cpuMs: 100_000,
  timeMs: 100_000,
  busyMs: 10_000,
  idleMs: null,
};
const USE: Use = { atMs: 0, cpuMs: 0, ownBytes: 10, processes: 1, lastActionMs: 0 };

/** Looks once a second; returns when a limit was reached first, and which. */
function run(
  seconds: number,
  useAt: (second: number) => Partial<Use>,
  limits = LIMITS,
): readonly [number, LimitName] | null {
  let soFar = unused(0);
  for (let second = 0; second <= seconds; second += 1) {
    const use = { ...USE, atMs: second * 1_000, ...useAt(second) };
    const { reached, next } = judgeUse(limits, soFar, use);
    if (reached !== null) return [second, reached];
    soFar = next;
  }
  return null;
}

test('use: computing without acting is ended as mining is, however slowly it is done', () => {
  verifies('enforce.supervised');
  const busy = (second: number): Partial<Use> => ({ cpuMs: second * 900 });
  assert.deepEqual(run(60, busy), [12, 'busy']);
  assert.deepEqual(
    run(99, (second) => ({ cpuMs: second * 150 })),
    [67, 'busy'],
  );
  assert.equal(run(60, busy, { ...LIMITS, busyMs: null }), null);
});

test('use: work between actions is work, and waiting is none of it', () => {
  verifies('enforce.supervised');
  const acting = (second: number): Partial<Use> => {
    return { cpuMs: second * 900, lastActionMs: Math.floor(second / 8) * 8_000 };
  };
  assert.equal(run(60, acting), null);
  assert.equal(
    run(60, (second) => ({ cpuMs: second * 100 })),
    null,
  );
});

test('use: neither acting nor working is idling, however often it wakes', () => {
  verifies('enforce.supervised');
  const limits = { ...LIMITS, timeMs: null, idleMs: 60_000 };
  assert.deepEqual(
    run(99, () => ({}), limits),
    [61, 'idle'],
  );
  assert.deepEqual(
    run(99, (second) => ({ cpuMs: second * 5 }), limits),
    [61, 'idle'],
  );
  const acting = (second: number): Partial<Use> => ({ lastActionMs: second < 30 ? 0 : 30_000 });
  assert.deepEqual(run(99, acting, limits), [91, 'idle']);
  assert.equal(
    run(60, (second) => ({ cpuMs: second * 100 }), limits),
    null,
  );
});

test('use: time of processes that vanish unburied stays counted', () => {
  verifies('enforce.supervised');
  const forking = (second: number): Partial<Use> => ({ cpuMs: second % 2 === 0 ? 0 : 2_000 });
  assert.deepEqual(run(60, forking), [11, 'busy']);
});

test('use: memory, processes, processor time and time each have their bound', () => {
  verifies('enforce.supervised');
  const always = { ...LIMITS, busyMs: null };
  assert.deepEqual(
    run(9, () => ({ ownBytes: 1_001 })),
    [0, 'memory'],
  );
  assert.deepEqual(
    run(9, () => ({ processes: 5 })),
    [0, 'processes'],
  );
  assert.deepEqual(
    run(9, (second) => ({ cpuMs: second * 60_000 }), always),
    [2, 'cpu'],
  );
  assert.deepEqual(
    run(200, () => ({}), always),
    [101, 'time'],
  );
});
