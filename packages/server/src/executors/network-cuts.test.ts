import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { Cuts } from '../config/cuts.ts';
import type { Attempt, Halted } from './executor.ts';
import { makeCutting, type Cutting } from './network-cuts.ts';

const NONE = { users: [], sources: [], cgroups: [], namespaces: [] };
const CUTS: Cuts = {
  vm: { ...NONE, agents: ['support', 'mail'], users: [1001] },
  box: { ...NONE, agents: ['mail'], namespaces: ['box'] },
  unit: { ...NONE, agents: ['mail'], cgroups: ['gone.service'] },
};

type Scene = {
  readonly cutting: Cutting;
  readonly halted: Set<string>;
  readonly runs: { readonly commands: string; readonly namespace: string | null }[];
  answer: Attempt;
  readonly spaces: Set<string>;
};

function scene(): Scene {
  const [halted, runs]: [Set<string>, Scene['runs']] = [new Set(), []];
  const made: Scene = {
    halted,
    runs,
    answer: { state: 'done' },
    spaces: new Set(['box']),
    cutting: makeCutting(CUTS, {
      run: (commands, namespace) => {
        runs.push({ commands, namespace });
        return Promise.resolve(made.answer);
      },
      isHalted: (agent) => halted.has(agent),
      groups: { tree: '', has: () => false },
      hasSpace: (space) => made.spaces.has(space),
    }),
  };
  return made;
}

function halt(agent: string, scope: Halted['scope'] = 'agent'): Halted {
  return { halt: 'hlt_1', agent, scope, target: '', epoch: 1, sessions: null };
}

function concerned(all: Cutting['cuts'], of: Halted): readonly string[] {
  return all.filter(({ concerns }) => concerns(of)).map(({ name }) => name);
}

test('cuts: they are for whole halts of their agents, and lifted when none is halted', () => {
  verifies('human.halt-infrastructure');
  const { cutting, halted } = scene();
  assert.deepEqual(concerned(cutting.cuts, halt('support')), ['cut-vm']);
  assert.deepEqual(concerned(cutting.cuts, halt('mail', 'fleet')), [
    'cut-vm',
    'cut-box',
    'cut-unit',
  ]);
  assert.deepEqual(concerned(cutting.cuts, halt('mail', 'tool')), []);
  assert.deepEqual(concerned(cutting.cuts, halt('other')), []);
  halted.add('support');
  assert.deepEqual(concerned(cutting.lifts, halt('mail')), ['lift-box', 'lift-unit']);
  halted.clear();
  assert.deepEqual(concerned(cutting.lifts, halt('support')), ['lift-vm']);
});

test('cuts: what is written follows from who is halted, and faults are told', async () => {
  verifies('human.halt-infrastructure');
  const { cutting, halted, runs } = scene();
  halted.add('mail');
  const attempts = await Promise.all(cutting.cuts.map(({ execute }) => execute(halt('mail'))));
  assert.deepEqual(attempts, [
    { state: 'done' },
    { state: 'done' },
    { state: 'failed', why: 'there is no control group `gone.service`' },
  ]);
  assert.deepEqual(
    runs.map(({ namespace }) => namespace),
    [null, 'box'],
  );
  assert.match(runs[0]?.commands ?? '', /elements = \{ 1001 \}/);
  assert.match(runs[1]?.commands ?? '', /policy drop/);
  halted.clear();
  await cutting.lifts[0]?.execute(halt('mail'));
  const none = 'add table inet plumbline\ndelete table inet plumbline\n';
  assert.deepEqual(
    runs.slice(2).map(({ commands }) => commands),
    [none, none],
  );
});

test('cuts: a name space that is gone cannot be closed, and needs no opening', async () => {
  verifies('human.halt-infrastructure');
  const { cutting, halted, runs, spaces } = scene();
  spaces.clear();
  halted.add('mail');
  const why = 'there is no network name space `box`';
  assert.deepEqual(await cutting.cuts[1]?.execute(halt('mail')), { state: 'failed', why });
  halted.clear();
  assert.deepEqual(await cutting.lifts[1]?.execute(halt('mail')), { state: 'done' });
  assert.equal(runs.filter(({ namespace }) => namespace === 'box').length, 0);
});

test('cuts: a start writes what has to hold, and says what cannot be had', async () => {
  verifies('human.halt-infrastructure');
  const made = scene();
  made.halted.add('support');
  assert.deepEqual(await made.cutting.settle(), []);
  assert.match(made.runs[0]?.commands ?? '', /elements = \{ 1001 \}/);
  made.answer = { state: 'failed', why: 'it takes `nft`' };
  assert.deepEqual(await made.cutting.settle(), [
    '`cuts.vm`: it takes `nft`',
    '`cuts.box`: it takes `nft`',
    '`cuts.unit`: it takes `nft`',
  ]);
});
