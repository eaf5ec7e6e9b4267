import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import { RUNGS, standing } from './ladder.ts';

const nothing = { isSigned: false, isAnchored: false, isTimestamped: false, hasQuorum: false };
const all = { isSigned: true, isAnchored: true, isTimestamped: true, hasQuorum: true };

test('ladder: each rung is reached by what it names', () => {
  verifies('evidence.tlog');
  const signed = { ...nothing, isSigned: true };
  const anchored = { ...signed, isAnchored: true };
  assert.equal(standing(nothing).rung, 'UNSIGNED');
  assert.equal(standing(signed).rung, 'SIGNED, UNANCHORED');
  assert.equal(standing(anchored).rung, 'ANCHORED');
  assert.equal(standing({ ...anchored, isTimestamped: true }).rung, 'TIMESTAMPED');
  assert.equal(standing(all).rung, 'WITNESSED');
  assert.equal(standing({ ...signed, hasQuorum: true }).rung, 'WITNESSED');
});

test('ladder: a time-stamp lifts nothing that is not anchored', () => {
  const shown = { ...nothing, isSigned: true, isTimestamped: true };
  assert.deepEqual(standing(shown), {
    rung: 'SIGNED, UNANCHORED',
    open: [
      'truncation, rollback and re-signing cannot be excluded',
      'other verifiers may have been shown another log',
    ],
    exitCode: 3,
  });
});

test('ladder: nothing lifts what is not signed', () => {
  assert.equal(standing({ ...all, isSigned: false }).rung, 'UNSIGNED');
  assert.equal(standing({ ...all, isSigned: false }).exitCode, 3);
});

test('ladder: showing more never lowers, and everything leaves nothing open', () => {
  const facts = ['isSigned', 'isAnchored', 'isTimestamped', 'hasQuorum'] as const;
  for (let bits = 0; bits < 16; bits += 1) {
    const shown = { ...nothing };
    for (const [at, fact] of facts.entries()) shown[fact] = ((bits >> at) & 1) === 1;
    for (const fact of facts) {
      const [less, more] = [standing(shown), standing({ ...shown, [fact]: true })];
      assert.ok(RUNGS.indexOf(less.rung) <= RUNGS.indexOf(more.rung));
      assert.ok(less.open.length >= more.open.length);
    }
  }
  assert.deepEqual(standing(all), { rung: 'WITNESSED', open: [], exitCode: 0 });
});
