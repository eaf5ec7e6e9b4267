import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { CompiledPact } from './compiled.ts';
import { explainPact } from './explain/explain-pact.ts';
import { loadPact } from './load.ts';

const DESK = `pact: plumbline/v1
agent: desk
purpose: Answer.
owner: desk@example.com
autonomy: 1
`;

function load(files: Readonly<Record<string, string>>): ReturnType<typeof loadPact> {
  return loadPact('a.yaml', (path) => files[path]);
}

function drillOf(files: Readonly<Record<string, string>>): CompiledPact['drill'] {
  const loaded = load(files);
  assert(loaded.ok, loaded.ok ? '' : loaded.error.map(({ message }) => message).join('\n'));
  return loaded.value.pact.drill;
}

test('pact: `drill` says how often halts are practised, and asks for three people at least', () => {
  verifies('human.drills');
  const of = (text: string): CompiledPact['drill'] => drillOf({ 'a.yaml': `${DESK}${text}` });
  assert.equal(of(''), null);
  assert.deepEqual(of('drill: { every: 30d }'), { everyMs: 2_592_000_000, holders: 3 });
  assert.deepEqual(of('drill: { every: 1h, holders: 1 }'), { everyMs: 3_600_000, holders: 3 });
  assert.deepEqual(of('drill: { every: 1h, holders: 5 }'), { everyMs: 3_600_000, holders: 5 });
});

test('pact: of several layers the most frequent drill counts, and the most people', () => {
  verifies('human.drills');
  const base = `${DESK}drill: { every: 1d, holders: 9 }`;
  const own = `${DESK}extends: b.yaml\ndrill: { every: 2h, holders: 4 }`;
  assert.deepEqual(drillOf({ 'a.yaml': own, 'b.yaml': base }), { everyMs: 7_200_000, holders: 9 });
});

test('pact: a drill without a schedule, and words it has not, are errors with a place', () => {
  const of = (text: string): readonly string[] => {
    const loaded = load({ 'a.yaml': `${DESK}${text}` });
    return loaded.ok ? [] : loaded.error.map(({ code, line }) => `${line} ${code}`);
  };
  assert.deepEqual(of('drill: { holders: 3 }'), ['6 missing-field']);
  assert.deepEqual(of('drill: { every: soon }'), ['6 bad-duration']);
  assert.deepEqual(of('drill: { every: 1d, holder: 3 }'), ['6 unknown-field-name']);
});

test('explain: a pact with drills says so', () => {
  const loaded = load({ 'a.yaml': `${DESK}drill: { every: 30d, holders: 4 }` });
  assert(loaded.ok);
  const lines = explainPact(loaded.value).flatMap((part) => part.lines);
  const said = 'Halting it is practised every 30d; at least 4 people must hold the right to halt.';
  assert.ok(lines.includes(said), lines.join('\n'));
});
