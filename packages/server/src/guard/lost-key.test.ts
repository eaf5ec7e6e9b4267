import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseEntry } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { codeOf, type GuardScene, guardScene, valueOf } from '../../testing/guard-scene.ts';

const DAY_MS = 86_400_000;

/** A guard that was started on a vault older than its log: the key of an open session is gone. */
async function withoutKey(): Promise<{
  readonly scene: GuardScene;
  readonly session: string;
  readonly decision: string;
}> {
  const before = await guardScene();
  const session = await before.open();
  const { decision } = valueOf(await before.decide(session, 'r1', 'orders.get', { order: '1' }));
  before.subjects.erase((await before.subjects.named('ada')).id);
  return { scene: await before.restart(), session, decision };
}

function assertReadable({ log }: GuardScene): void {
  for (const bytes of log.entries()) {
    const read = parseEntry(bytes);
    assert.ok(read.ok, read.ok ? '' : read.error);
  }
}

test('lost key: the session ends in its own chain, and the log is gone on with', async () => {
  verifies('evidence.erasure', 'evidence.tlog');
  const { scene } = await withoutKey();
  scene.clock.wait(2 * DAY_MS);
  assert.deepEqual(valueOf(await scene.opened.sweep()), { closed: 1 });
  assertReadable(scene);
  const restarted = await scene.restart();
  assert.equal(restarted.guard.status('support')?.openSessions, 0);
});

test('lost key: nothing more is sealed in the session', async () => {
  verifies('evidence.erasure', 'enforce.fail-closed');
  const { scene, session, decision } = await withoutKey();
  const before = scene.log.entries().length;
  const report = { agent: 'support', session, decision, status: 'ok', records: null } as const;
  const told = scene.guard.outcome({ ...report, result: 'what ada was told' });
  assert.equal(codeOf(await told), 'unknown-session');
  assert.equal(scene.log.entries().length, before);
  assert.equal(scene.opened.unfinished(), 1);
});
