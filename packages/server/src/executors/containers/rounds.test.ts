import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { verifies } from '@plumbline/testkit';

import { lasting, passing } from './fault.ts';
import { endInRounds, forEach, type Round } from './rounds.ts';

const PACE = { deadlineMs: 500, pauseMs: 1, settleMs: 1 };
const QUIET: Round = { left: 0, faults: [] };

function say(count: number): string {
  return `${count} left`;
}

/** Returns what gives one after the other, and the last one for ever. */
function rounds(all: readonly Round[]): { next: () => Promise<Round>; count: () => number } {
  let at = 0;
  const next = (): Promise<Round> => {
    at += 1;
    return Promise.resolve(all[at - 1] ?? all.at(-1) ?? QUIET);
  };
  return { next, count: () => at };
}

test('containers: what came back in between is ended again', async (t) => {
  verifies('human.halt-infrastructure');
  const alive = setInterval(() => undefined, 100);
  t.after(() => clearInterval(alive));
  const one: Round = { left: 1, faults: [] };
  const back = rounds([one, QUIET, one, QUIET, QUIET]);
  assert.deepEqual(await endInRounds(back.next, PACE, say), { state: 'done' });
  assert.equal(back.count(), 5);
  const kept = rounds([one]);
  const quick = { ...PACE, deadlineMs: 20 };
  const left = { state: 'failed', why: '1 left' };
  assert.deepEqual(await endInRounds(kept.next, quick, say), left);
});

test('containers: a fault that stays ends the try once nothing is left', async (t) => {
  verifies('human.halt-infrastructure');
  const alive = setInterval(() => undefined, 100);
  t.after(() => clearInterval(alive));
  const faults = [lasting('it may not'), lasting('it may not'), passing('it was busy')];
  const stuck = rounds([
    { left: 1, faults },
    { left: 0, faults },
  ]);
  const why = 'it may not; it was busy';
  assert.deepEqual(await endInRounds(stuck.next, PACE, say), {
    state: 'failed',
    why,
    isFinal: true,
  });
  assert.equal(stuck.count(), 2);
});

test('containers: who wants to be left alone is, until time runs out', async (t) => {
  verifies('human.halt-infrastructure');
  const alive = setInterval(() => undefined, 100);
  t.after(() => clearInterval(alive));
  const busy = rounds([{ left: 0, faults: [passing('it answered 429', 10)] }, QUIET]);
  assert.deepEqual(await endInRounds(busy.next, PACE, say), { state: 'done' });
  const long = rounds([{ left: 0, faults: [passing('it answered 429', 60_000)] }]);
  const failed = { state: 'failed', why: 'it answered 429' };
  assert.deepEqual(await endInRounds(long.next, PACE, say), failed);
  assert.equal(long.count(), 1);
});

test('containers: each is done once, and only so many at once', async () => {
  verifies('human.halt-infrastructure');
  let inside = 0;
  let most = 0;
  const done = await forEach([5, 1, 3, 2, 4], 2, async (each) => {
    inside += 1;
    most = Math.max(most, inside);
    await pause(each);
    inside -= 1;
    return each * 2;
  });
  assert.deepEqual([done, most], [[10, 2, 6, 4, 8], 2]);
});
