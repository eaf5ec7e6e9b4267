import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import type { Json } from '@plumbline/core';
import { until, verifies } from '@plumbline/testkit';

import type { HaltedPart } from '../guard/halts/executing.ts';
import { ExecutionBook } from './execution-book.ts';
import type { Attempt, Executor } from './executor.ts';
import { OpenExecutions } from './open-executions.ts';

type Line = { kind: string; open: { [key: string]: Json } };

function bookFor(): { book: ExecutionBook; lines: Line[] } {
  const lines: Line[] = [];
  let ids = 0;
  const book = new ExecutionBook({
    write: ({ kind, open }) => {
      lines.push({ kind, open });
      return Promise.resolve({ ok: true, value: { index: lines.length, at: 0 } });
    },
    clock: () => 1_000,
    monotonicMs: () => 5,
    makeId: () => `exe_${(ids += 1)}`,
    leaseMs: 10,
    failed: (cause) => assert.fail(String(cause)),
  });
  return { book, lines };
}

const PART: HaltedPart = {
  halt: 'hlt_1',
  agent: 'support',
  scope: 'agent',
  target: '',
  epoch: 2,
  stop: 3,
  sessions: null,
  tool: null,
  holders: [],
};

function executor(name: string, order: number, execute: Executor['execute']): Executor {
  const retries = { most: 2, afterMs: 1 };
  return { name, order, concerns: () => true, execute, retries };
}

const DONE: Attempt = { state: 'done' };

test('executors: those of one order begin at once, the next when they have ended', async () => {
  verifies('human.halt-infrastructure');
  const { book, lines } = bookFor();
  const begun: string[] = [];
  const first = Promise.withResolvers<Attempt>();
  book.add(executor('last', 2, async () => (begun.push('last'), DONE)));
  book.add(executor('one', 1, () => (begun.push('one'), first.promise)));
  book.add(executor('two', 1, async () => (begun.push('two'), DONE)));
  book.begin(PART);
  assert.deepEqual(begun, ['one', 'two']);
  await pause(5);
  assert.deepEqual(begun, ['one', 'two']);
  first.resolve(DONE);
  await until(() => lines.length === 6);
  assert.deepEqual(begun, ['one', 'two', 'last']);
  assert.deepEqual(
    book.of('hlt_1').map(({ executor: name, state }) => `${name} ${state}`),
    ['one done', 'two done', 'last done'],
  );
  assert.deepEqual(lines[0], {
    kind: 'executor_started',
    open: {
      execution: 'exe_1',
      halt: 'hlt_1',
      executor: 'one',
      holder: 'daemon',
      scope: 'agent',
      target: '',
      epoch: 2,
    },
  });
});

test('executors: what fails is tried again, and says so', async () => {
  verifies('human.halt-infrastructure');
  const { book, lines } = bookFor();
  let tries = 0;
  const flaky = async (): Promise<Attempt> =>
    (tries += 1) < 3 ? { state: 'failed', why: 'it answered 500' } : DONE;
  book.add(executor('flaky', 0, flaky));
  book.add(executor('broken', 0, () => Promise.reject(new TypeError('secret words'))));
  book.begin(PART);
  await until(() => lines.filter(({ kind }) => kind === 'executor_ended').length === 2);
  assert.deepEqual(
    book
      .of('hlt_1')
      .map(({ executor: name, state, tries: again, why }) => [name, state, again, why]),
    [
      ['flaky', 'done', 2, null],
      ['broken', 'failed', 2, 'it failed without saying why (TypeError)'],
    ],
  );
  assert.equal(lines.filter(({ kind }) => kind === 'executor_ended').length, 2);
  assert.doesNotMatch(JSON.stringify(lines), /secret words/);
});

test('executors: an enforcement point reports what it ended, or has failed', async () => {
  verifies('human.halt-infrastructure');
  const { book, lines } = bookFor();
  const holder = { agent: 'support', executors: ['processes', 'network'], session: 's1' };
  const near = { ...holder, lease: 'near', name: 'run:a' };
  const far = { ...holder, lease: 'far', name: 'run:b' };
  const other = { ...holder, lease: 'other', name: 'run:c', session: 's2' };
  book.begin({ ...PART, scope: 'session', sessions: ['s1'], holders: [near, far, other] });
  const said = { state: 'done', ms: 12, tries: 0, why: null } as const;
  const executed = [
    { executor: 'processes', ...said },
    { executor: 'network', ...said },
  ];
  book.report('near', { stop: 2, executed });
  assert.ok(book.of('hlt_1').every(({ state }) => state === 'running'));
  book.report('near', { stop: 3, executed });
  book.settled('hlt_1', 'support');
  await until(() => lines.length === 8);
  assert.deepEqual(
    book.of('hlt_1').map(({ holder: who, executor: name, state, ms }) => [who, name, state, ms]),
    [
      ['run:a', 'processes', 'done', 12],
      ['run:a', 'network', 'done', 12],
      ['run:b', 'processes', 'failed', 0],
      ['run:b', 'network', 'failed', 0],
    ],
  );
  assert.equal(lines.length, 8);
  const sessions = ['s1', 's2'];
  book.add(executor('own', 0, async () => DONE));
  book.begin({ ...PART, scope: 'room', target: 'blue', sessions });
  const started = await until(() => lines.find(({ open }) => open['executor'] === 'own'));
  assert.deepEqual(started.open['sessions'], ['s1', 's2']);
});

test('executors: what a crash left open is gone on with, once', async () => {
  verifies('human.halt-infrastructure');
  const open = new OpenExecutions();
  const started = { halt: 'hlt_1', scope: 'agent', target: '', epoch: 2 };
  const entry = { kind: 'executor_started', agent: 'support', at: 900 } as const;
  const own = { ...started, executor: 'mine', holder: 'daemon' };
  open.fold({ ...entry, open: { execution: 'exe_a', ...own } });
  open.fold({ ...entry, open: { execution: 'exe_b', ...own } });
  open.fold({ ...entry, open: { ...started, execution: 'exe_c', executor: 'x', holder: 'run:a' } });
  open.fold({ ...entry, kind: 'executor_ended', open: { execution: 'exe_a' } });
  const { book, lines } = bookFor();
  let runs = 0;
  book.add(executor('mine', 0, async () => ((runs += 1), DONE)));
  book.resume(open);
  await until(() => lines.length === 2);
  assert.equal(runs, 1);
  assert.deepEqual(
    lines.map(({ kind, open: { execution, state } }) => [kind, execution, state]),
    [
      ['executor_ended', 'exe_b', 'done'],
      ['executor_ended', 'exe_c', 'failed'],
    ],
  );
});

test('executors: what a crash kept from being begun is begun by the next start, once', async () => {
  verifies('human.halt-infrastructure');
  const open = new OpenExecutions();
  const own = { halt: 'hlt_1', scope: 'agent', target: '', epoch: 2, holder: 'daemon' };
  const entry = { kind: 'executor_started', agent: 'support', at: 900 } as const;
  open.fold({ ...entry, open: { ...own, execution: 'exe_a', executor: 'first' } });
  open.fold({ ...entry, kind: 'executor_ended', open: { execution: 'exe_a' } });
  const { book, lines } = bookFor();
  const begun: string[] = [];
  // A start puts halts back in force before anything is added.
  book.begin(PART);
  book.begin({ ...PART, halt: 'hlt_2' });
  for (const [order, name] of ['first', 'second'].entries()) {
    book.add(executor(name, order, async ({ halt }) => (begun.push(`${halt} ${name}`), DONE)));
  }
  book.resume(open);
  await until(() => lines.length >= 6);
  assert.deepEqual(begun.toSorted(), ['hlt_1 second', 'hlt_2 first', 'hlt_2 second']);
  const kinds = lines.map(({ kind }) => kind).toSorted();
  assert.deepEqual(kinds.slice(0, 3), ['executor_ended', 'executor_ended', 'executor_ended']);
  book.resume(new OpenExecutions());
  await pause(5);
  assert.equal(begun.length, 3);
});

test('executors: what goes on for long holds up nothing of a higher order', async () => {
  verifies('human.halt-infrastructure');
  const { book } = bookFor();
  const begun: string[] = [];
  const long = Promise.withResolvers<Attempt>();
  book.add({ ...executor('containers', 0, () => long.promise), isFollowed: false });
  book.add(executor('revoke', 1, async () => (begun.push('revoke'), DONE)));
  book.begin(PART);
  await until(() => begun.length > 0);
  assert.deepEqual(begun, ['revoke']);
  long.resolve(DONE);
});

test('executors: what a resume undoes is recorded, and goes on after a crash', async () => {
  verifies('human.resume', 'human.halt-infrastructure');
  const { book, lines } = bookFor();
  const begun: string[] = [];
  book.add(executor('cut', 0, async () => (begun.push('cut'), DONE)));
  book.addLift(executor('lift', 0, async () => (begun.push('lift'), DONE)));
  book.lifted({
    halt: 'hlt_1',
    agent: 'support',
    scope: 'agent',
    target: '',
    epoch: 2,
    sessions: null,
  });
  await until(() => lines.length >= 2);
  assert.deepEqual(begun, ['lift']);
  assert.deepEqual(
    lines.map(({ kind, open }) => [kind, open['executor']]),
    [
      ['executor_started', 'lift'],
      ['executor_ended', 'lift'],
    ],
  );
  const [started] = lines;
  const open = new OpenExecutions();
  open.fold({ kind: 'executor_started', agent: 'support', at: 1, open: started?.open ?? {} });
  book.resume(open);
  await until(() => begun.length > 1);
  assert.deepEqual(begun, ['lift', 'lift']);
});
