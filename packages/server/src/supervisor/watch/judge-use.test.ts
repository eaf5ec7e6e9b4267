import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { judgeUse, type LimitName, type Use, type UseSoFar } from './judge-use.ts';
import type { Limits } from '../sandbox/plan.ts';

const LIMITS: Limits = {
  memoryBytes: 1_000,
  processes: 4,
  cpuMs: 100_000,
  timeMs: 100_000,
  idleMs: 10_000,
};
const USE: Use = { atMs: 0, cpuMs: 0, residentBytes: 10, processes: 1, lastActionMs: 0 };

/** Looks once a second; returns when a limit was reached first, and which. */
function run(
  seconds: number,
  useAt: (second: number) => Partial<Use>,
  limits = LIMITS,
): readonly [number, LimitName] | null {
  let soFar: UseSoFar = { beganMs: 0, last: null, busySinceMs: null };
  for (let second = 0; second <= seconds; second += 1) {
    const use = { ...USE, atMs: second * 1_000, ...useAt(second) };
    const { reached, next } = judgeUse(limits, soFar, use);
    if (reached !== null) return [second, reached];
    soFar = next;
  }
  return null;
}

test('use: computing without acting for the stated time is ended, as mining is', () => {
  verifies('enforce.supervised');
  const busy = (second: number): Partial<Use> => ({ cpuMs: second * 900 });
  assert.deepEqual(run(60, busy), [11, 'idle']);
  assert.equal(run(60, busy, { ...LIMITS, idleMs: null }), null);
});

test('use: work between actions is no idling, and waiting is none', () => {
  verifies('enforce.supervised');
  const acting = (second: number): Partial<Use> => {
    return { cpuMs: second * 900, lastActionMs: Math.floor(second / 8) * 8_000 };
  };
  assert.equal(run(60, acting), null);
  assert.equal(
    run(60, (second) => ({ cpuMs: second * 100 })),
    null,
  );
  const inBursts = (second: number): Partial<Use> => ({ cpuMs: Math.floor(second / 6) * 6_000 });
  assert.equal(run(60, inBursts), null);
});

test('use: memory, processes, processor time and time each have their bound', () => {
  verifies('enforce.supervised');
  assert.deepEqual(
    run(9, () => ({ residentBytes: 1_001 })),
    [0, 'memory'],
  );
  assert.deepEqual(
    run(9, () => ({ processes: 5 })),
    [0, 'processes'],
  );
  assert.deepEqual(
    run(9, (second) => ({ cpuMs: second * 60_000 })),
    [2, 'cpu'],
  );
  assert.deepEqual(
    run(200, () => ({})),
    [101, 'time'],
  );
});
