import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { guardScene, valueOf } from '../../../testing/guard-scene.ts';
import { ExecutionBook } from '../../executors/execution-book.ts';
import type { Attempt } from '../../executors/executor.ts';
import { Changes } from './changes.ts';

test('changes: whoever knows a revision waits for another, and sees all of one turn', async () => {
  const changes = new Changes();
  assert.equal(changes.of('a'), 0);
  let isWoken = false;
  const waiting = changes.until('a', 0, 60_000).then(() => (isWoken = true));
  changes.note('b');
  changes.note('a');
  await Promise.resolve();
  assert.equal(isWoken, false, 'the turn is not over');
  changes.note('a');
  await waiting;
  assert.equal(changes.of('a'), 2);
  await changes.until('a', 1, 60_000);
  await changes.until('a', 2, 1);
  changes.forget('a');
  assert.equal(changes.of('a'), 0);
  const left = changes.until('a', 0, 60_000);
  changes.close();
  await left;
});

test('halts: every change of one is seen by whoever watches it', async () => {
  verifies('human.halt-infrastructure');
  const tries: PromiseWithResolvers<Attempt>[] = [];
  const book = new ExecutionBook({
    write: () => Promise.resolve({ ok: true, value: { index: 1, at: 0 } }),
    clock: () => 1,
    monotonicMs: () => 1,
    makeId: () => 'exe_1',
    leaseMs: 10,
    failed: (cause) => assert.fail(String(cause)),
  });
  const execute = (): Promise<Attempt> => {
    const attempt = Promise.withResolvers<Attempt>();
    tries.push(attempt);
    return attempt.promise;
  };
  const retries = { most: 1, afterMs: 0 };
  book.add({ name: 'idp', order: 0, concerns: () => true, execute, retries });
  const { guard } = await guardScene({ executing: book });
  const gateway = { agent: 'support', by: 'k1' };
  const { lease } = valueOf(guard.leases.take({ ...gateway, name: 'gateway' }));
  const order = { agent: 'support', scope: 'agent', target: '', reason: 'a test' } as const;
  const { halt } = valueOf(await guard.halt({ ...order, by: 'ops' }));
  let known = (await guard.findHalt(halt, 0))?.revision ?? -1;
  const next = async (act: () => void): Promise<string> => {
    const held = guard.findHalt(halt, 5_000, known);
    act();
    const view = (await held) ?? assert.fail('the halt is gone');
    known = view.revision;
    const [{ state, tries: again } = { state: 'none', tries: -1 }] = view.executors;
    const over = view.resumedAt === null ? '' : ', resumed';
    return `${view.state}, ${view.acknowledged.length} heard, ${state} ${again}${over}`;
  };
  const fault = { state: 'failed', why: 'it answered 500' } as const;
  const failed = await next(() => tries[0]?.resolve(fault));
  // Whether the next try begins before or after that was seen is up to the event loop.
  while (tries.length < 2) await new Promise(setImmediate);
  known = (await guard.findHalt(halt, 0))?.revision ?? -1;
  assert.deepEqual(
    [
      failed,
      await next(() => void guard.leases.acknowledge({ ...gateway, lease, stop: 99, used: [] })),
      await next(() => tries[1]?.resolve({ state: 'done' })),
      await next(() => void guard.resume({ ...order, by: 'ops' })),
    ],
    [
      'latched, 0 heard, running 0',
      'effective, 1 heard, running 0',
      'effective, 1 heard, done 1',
      'effective, 1 heard, done 1, resumed',
    ],
  );
});
