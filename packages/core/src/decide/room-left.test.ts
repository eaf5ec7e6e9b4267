import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Scene, sceneOf, verifies } from '@plumbline/testkit';

import { roomLeft } from './room-left.ts';

const PACT = `
pact: plumbline/v1
agent: desk
purpose: Pay back.
owner: desk@example.com
autonomy: 3
gates: off
tools:
  pay: { effect: write, category: money, reversible: yes }
  look: { effect: read, category: orders }
allow:
  - id: pay
    tool: pay
    limit: { calls: 2, per: session }
    budget: { sum: args.amount, max: "100.00", per: day }
  - id: look
    tool: look
    limit: [{ calls: 5, per: 1h }, { calls: 9, per: agent }, { calls: 1, per: call }]
  - { id: watched, tool: look, mode: observe, limit: { calls: 1, per: day } }
`;

const spent = (scene: Scene): readonly (readonly unknown[])[] =>
  roomLeft(scene.pact, scene.state, scene.now).map((each) => {
    const { rule, sum, most, used, left, endsAtMs, session, emptySessions } = each;
    const ends = endsAtMs === null ? null : endsAtMs - scene.now;
    return [rule, sum, most, used, left, ends, session, emptySessions];
  });

test('room left: nothing is used of an agent that did nothing', () => {
  verifies('pact.limits');
  const scene = sceneOf(PACT);
  const [ends, hour] = [DAY_MS - (scene.now % DAY_MS), HOUR_MS - (scene.now % HOUR_MS)];
  assert.deepEqual(spent(scene), [
    ['pay', null, '2', '0', '2', null, null, 0],
    ['pay', 'amount', '100.00', '0', '100', ends, null, 0],
    ['look', null, '5', '0', '5', hour, null, 0],
    ['look', null, '9', '0', '9', null, null, 0],
    ['look', null, '1', null, null, null, null, 0],
  ]);
});

test('room left: what is charged is used, until the next window begins', () => {
  verifies('pact.limits');
  const scene = sceneOf(PACT).open();
  for (const order of ['1', '2']) {
    const args = { order, amount: '40.50' };
    assert.equal(scene.answer({ tool: 'pay', args })[0], 'allow');
  }
  scene.answer({ tool: 'look' });
  const amounts = () => spent(scene).map(([, , , used, left]) => [used, left]);
  const [calls, budget, hour, ever] = amounts();
  assert.deepEqual(
    [calls, budget],
    [
      ['2', '0'],
      ['81', '19'],
    ],
  );
  assert.deepEqual(
    [hour, ever],
    [
      ['1', '4'],
      ['1', '8'],
    ],
  );
  assert.deepEqual(spent(scene)[0]?.slice(6), ['s', 1]);
  scene.wait(DAY_MS);
  assert.deepEqual(amounts().slice(0, 4), [
    ['2', '0'],
    ['0', '100'],
    ['0', '5'],
    ['1', '8'],
  ]);
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
