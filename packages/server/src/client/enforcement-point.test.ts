import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

import { until, verifies } from '@plumbline/testkit';

import { guardScene, type GuardScene, valueOf } from '../../testing/guard-scene.ts';
import { openFake } from '../../testing/open-fake.ts';
import type { Target } from './daemon-client.ts';
import { type EnforcementPoint, openEnforcementPoint } from './enforcement-point.ts';

type Ready = {
  readonly scene: GuardScene;
  readonly session: string;
  readonly point: EnforcementPoint;
};

async function ready(t: TestContext, way: Target['kind']): Promise<Ready> {
  const scene = await guardScene();
  const folder = mkdtempSync(join(tmpdir(), 'plumb-pep-'));
  const socket = join(folder, 's');
  const fake = await openFake({ guard: scene.guard, socket });
  const key = fake.key({ kind: 'agent', agents: ['support'] }).replace('Bearer ', '');
  const target: Target =
    way === 'socket'
      ? { kind: 'socket', path: socket }
      : { kind: 'url', url: `http://127.0.0.1:${fake.port}`, key };
  const point = openEnforcementPoint({ target, agent: 'support', name: 'gateway' });
  t.after(async () => {
    await point.close();
    scene.opened.letGo();
    await fake.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await point.ready();
  return { scene, session: await scene.open(), point };
}

const TOOL = { tool: 'notes.add', args: { text: 'a' } };
const STOP = { agent: 'support', scope: 'agent', target: '', reason: 'a test', by: 'ops' } as const;

async function allowed({ point, session }: Ready, request: string) {
  const decided = await point.decide({ session, request, ...TOOL });
  assert.ok(decided.ok);
  return decided.value;
}

for (const way of ['socket', 'url'] as const) {
  test(`enforcement point: over ${way} it forwards once what was let through`, async (t) => {
    verifies('human.lease', 'enforce.every-path');
    const one = await ready(t, way);
    const answer = await allowed(one, 'r1');
    const done = await one.point.forward(answer, (args) => Promise.resolve(args));
    assert.deepEqual(done, { ok: true, value: { text: 'a' } });
    const again = await one.point.forward(answer, () => Promise.reject(new Error('twice')));
    assert.equal(again.ok ? 'done' : again.code, 'permit-unknown');
    const repeat = await allowed(one, 'r1');
    const third = await one.point.forward(repeat, () => Promise.reject(new Error('twice')));
    assert.equal(third.ok ? 'done' : third.code, 'permit-unknown');
    const { session } = one;
    const report = { session, decision: answer.decision, result: null, records: null };
    assert.ok((await one.point.report({ ...report, status: 'ok' })).ok);
    assert.ok(!one.scene.entries().some(({ kind }) => kind === 'finding'), 'no bypass');
  });

  test(`enforcement point: over ${way} a halt voids and cancels`, async (t) => {
    verifies('human.halt', 'human.lease');
    const one = await ready(t, way);
    const [waiting, running] = [await allowed(one, 'r1'), await allowed(one, 'r2')];
    const call = one.point.forward(running, (_args, signal) => {
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('cancelled')));
      });
    });
    const { halt } = valueOf(await one.scene.guard.halt(STOP));
    const view = await one.scene.guard.findHalt(halt, 5_000);
    assert.deepEqual([view?.state, view?.acknowledged.length], ['effective', 1]);
    const cancelled = await call;
    assert.equal(cancelled.ok ? 'done' : cancelled.code, 'cancelled');
    const late = await one.point.forward(waiting, () => Promise.reject(new Error('late')));
    assert.equal(late.ok ? 'done' : late.code, 'permit-void');
    const ends = async (): Promise<readonly string[]> => {
      const now = await one.scene.guard.findHalt(halt, 0);
      return (now?.inFlight ?? []).map(({ end }) => end).sort();
    };
    await until(async () => (await ends()).join() === 'cancelled,not_sent');
  });
}

test('enforcement point: one that slept past its lease forwards nothing', async (t) => {
  verifies('human.lease', 'enforce.fail-closed');
  const one = await ready(t, 'socket');
  const answer = await allowed(one, 'r1');
  const now = Date.now();
  t.mock.timers.enable({ apis: ['Date'], now: now + 60_000 });
  const forwarded = await one.point.forward(answer, () => Promise.reject(new Error('late')));
  assert.equal(forwarded.ok ? 'done' : forwarded.code, 'unavailable');
  assert.equal(one.point.isLive(), false);
  t.mock.timers.reset();
});

test('enforcement point: without a daemon it forwards nothing, and says so', async () => {
  verifies('enforce.fail-closed', 'human.lease');
  const target: Target = { kind: 'socket', path: '/nowhere/daemon.sock' };
  const point = openEnforcementPoint({ target, agent: 'support', name: 'gateway' });
  const decided = await point.decide({ session: 's', request: 'r', ...TOOL });
  assert.equal(decided.ok ? 'done' : decided.code, 'unavailable');
  const forwarded = await point.forward({ permit: null }, () => Promise.resolve(1));
  assert.equal(forwarded.ok ? 'done' : forwarded.code, 'unavailable');
  await point.close();
});
