import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { type DockerEngine, type Kept, openDockerEngine } from '../../../testing/docker-engine.ts';
import type { DockerTarget } from '../../config/containers.ts';
import type { Halted } from '../executor.ts';
import { endOnDocker } from './docker.ts';

const HALTED: Halted = {
  halt: 'hlt_1',
  agent: 'banking',
  scope: 'agent',
  target: '',
  epoch: 2,
  sessions: null,
};

const NEEDS = {
  pace: { deadlineMs: 2_000, pauseMs: 1, settleMs: 1 },
  egress: { addressOf: async (address: string) => ({ ok: true, address }) as const },
  readSecret: () => ({ ok: false, why: 'there is no secret' }) as const,
};

let made = 0;

function kept(over: Partial<Kept> & { readonly agent?: string; readonly session?: string }): Kept {
  const { agent = 'banking', session, ...rest } = over;
  const labels = { 'plumbline.agent': agent };
  return {
    id: `${(made += 1)}`.padStart(64, 'a'),
    labels: session === undefined ? labels : { ...labels, 'plumbline.session': session },
    networkMode: 'bridge',
    networks: ['bridge'],
    state: 'running',
    restart: 'no',
    ...rest,
  };
}

async function engineFor(
  t: TestContext,
  given: Parameters<typeof openDockerEngine>[0],
): Promise<{ readonly engine: DockerEngine; readonly target: DockerTarget }> {
  const engine = await openDockerEngine(given);
  t.after(() => engine.close());
  const target: DockerTarget = {
    kind: 'docker',
    agents: null,
    labels: { agent: 'plumbline.agent', session: 'plumbline.session', room: 'plumbline.room' },
    host: { kind: 'tcp', host: '127.0.0.1', port: engine.port },
    tls: null,
    graceSeconds: 0,
    cut: true,
    remove: false,
  };
  return { engine, target };
}

function shown({ state, restart, networks }: Kept): unknown {
  return [state, restart, networks];
}

test('docker: each container of the agent ends, is cut off, and stays so', async (t) => {
  verifies('human.halt-infrastructure');
  const running = kept({ restart: 'always' });
  const paused = kept({ state: 'paused', networks: ['bridge', 'private'] });
  const restarting = kept({ state: 'restarting', restart: 'on-failure' });
  const stopped = kept({ state: 'exited', restart: 'unless-stopped' });
  const other = kept({ agent: 'support', restart: 'always' });
  const containers = [running, paused, restarting, stopped, other];
  const { engine, target } = await engineFor(t, { containers });
  assert.deepEqual(await endOnDocker(target, NEEDS, HALTED), { state: 'done' });
  assert.deepEqual(containers.map(shown), [
    ['exited', 'no', []],
    ['exited', 'no', []],
    ['exited', 'no', []],
    ['exited', 'no', ['bridge']],
    ['running', 'always', ['bridge']],
  ]);
  assert.deepEqual(engine.violations, []);
  assert.deepEqual(await endOnDocker(target, NEEDS, HALTED), { state: 'done' });
  assert.ok(!engine.asked.some((each) => each.startsWith('DELETE')));
});

test('docker: a session ends with its own containers, and no others', async (t) => {
  verifies('human.halt-infrastructure');
  const first = kept({ session: 's1' });
  const second = kept({ session: 's2' });
  const shared = kept({});
  const { target } = await engineFor(t, { containers: [first, second, shared] });
  const one = { ...HALTED, scope: 'session', target: 's1' } as const;
  assert.deepEqual(await endOnDocker(target, NEEDS, one), { state: 'done' });
  const states = (): readonly string[] => [first, second, shared].map(({ state }) => state);
  assert.deepEqual(states(), ['exited', 'running', 'running']);
  const room = { ...HALTED, scope: 'room', target: 'blue', sessions: ['s2'] } as const;
  assert.deepEqual(await endOnDocker(target, NEEDS, room), { state: 'done' });
  assert.deepEqual(states(), ['exited', 'exited', 'running']);
});

test('docker: with a grace it is stopped, and removed where that is asked for', async (t) => {
  verifies('human.halt-infrastructure');
  const containers = [kept({ networkMode: 'host', networks: ['host'] }), kept({ state: 'exited' })];
  const { engine, target } = await engineFor(t, { containers });
  const gentle = { ...target, graceSeconds: 3, remove: true };
  assert.deepEqual(await endOnDocker(gentle, NEEDS, HALTED), { state: 'done' });
  assert.deepEqual(engine.containers, []);
  assert.ok(engine.asked.some((each) => each.endsWith('/stop')));
  assert.ok(!engine.asked.some((each) => each.endsWith('/kill') || each.endsWith('/disconnect')));
  assert.deepEqual(engine.violations, []);
});

test('docker: what the engine fails at for a moment is asked for again', async (t) => {
  verifies('human.halt-infrastructure');
  const containers = [kept({ restart: 'always' })];
  const { engine, target } = await engineFor(t, { containers });
  engine.instead.push({ on: /^GET .containers.json/, status: 500, times: 1 });
  engine.instead.push({ on: /update$/, status: 409, times: 1 });
  engine.instead.push({ on: /kill$/, status: 429, times: 1 });
  engine.instead.push({ on: /disconnect$/, status: 500, times: 1 });
  assert.deepEqual(await endOnDocker(target, NEEDS, HALTED), { state: 'done' });
  assert.deepEqual(containers.map(shown), [['exited', 'no', []]]);
});

test('docker: what it may not do it says, without words of the engine', async (t) => {
  verifies('human.halt-infrastructure');
  const { engine, target } = await engineFor(t, {
    containers: [kept({ state: 'exited', restart: 'always' })],
  });
  engine.instead.push({ on: /update$/, status: 403, times: 9 });
  assert.deepEqual(await endOnDocker(target, NEEDS, HALTED), {
    state: 'failed',
    why: 'it answered 403 to change a restart policy',
    isFinal: true,
  });
});

test('docker: an engine that is away is asked again, one with another API is not', async (t) => {
  verifies('human.halt-infrastructure');
  const { engine, target } = await engineFor(t, { apiVersion: '1.20' });
  assert.deepEqual(await endOnDocker(target, NEEDS, HALTED), {
    state: 'failed',
    why: 'it speaks version 1.20 of the API at most, which is too old',
    isFinal: true,
  });
  await engine.close();
  assert.deepEqual(await endOnDocker(target, NEEDS, HALTED), {
    state: 'failed',
    why: 'it gave no answer to its version (ECONNREFUSED)',
  });
});

test('docker: a version of the API is spoken that both know', async (t) => {
  verifies('human.halt-infrastructure');
  const containers = [kept({})];
  const { engine, target } = await engineFor(t, {
    apiVersion: '1.55',
    minApiVersion: '1.50',
    containers,
  });
  assert.deepEqual(await endOnDocker(target, NEEDS, HALTED), { state: 'done' });
  assert.deepEqual(engine.violations, []);
});

test('docker: services of a swarm run nothing any more, whatever their mode', async (t) => {
  verifies('human.halt-infrastructure');
  const own = {
    ContainerSpec: { Image: 'a', Labels: { 'plumbline.agent': 'banking' } },
    Runtime: 'container',
  };
  const services = [
    {
      id: 'svc1',
      index: 3,
      spec: { Name: 'one', TaskTemplate: own, Mode: { Replicated: { Replicas: 2 } } },
    },
    { id: 'svc2', index: 1, spec: { Name: 'two', TaskTemplate: own, Mode: { Global: {} } } },
    {
      id: 'svc3',
      index: 1,
      spec: {
        Name: 'job',
        TaskTemplate: own,
        Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 4 } },
      },
    },
    {
      id: 'svc4',
      index: 1,
      spec: { Name: 'other', TaskTemplate: {}, Mode: { Replicated: { Replicas: 1 } } },
    },
  ];
  const { engine, target } = await engineFor(t, { services, swarm: 'manager' });
  engine.instead.push({ on: /svc1.update$/, status: 500, times: 1 });
  assert.deepEqual(await endOnDocker(target, NEEDS, HALTED), { state: 'done' });
  assert.deepEqual(engine.violations, []);
  assert.deepEqual(
    engine.services.map(({ spec }) => [
      spec['Name'],
      spec.Mode,
      Reflect.get(Object(spec['TaskTemplate']), 'Placement'),
    ]),
    [
      ['one', { Replicated: { Replicas: 0 } }, undefined],
      ['two', { Global: {} }, { Constraints: ['node.id==halted-by-plumbline'] }],
      ['job', { ReplicatedJob: { MaxConcurrent: 0, TotalCompletions: 0 } }, undefined],
      ['other', { Replicated: { Replicas: 1 } }, undefined],
    ],
  );
});

test('docker: a task of a swarm on an engine that is no manager is no end', async (t) => {
  verifies('human.halt-infrastructure');
  const task = kept({});
  const labels = { ...task.labels, 'com.docker.swarm.service.id': 'svc1' };
  const { target } = await engineFor(t, { containers: [{ ...task, labels }], swarm: 'worker' });
  const attempt = await endOnDocker(target, NEEDS, HALTED);
  assert.equal(attempt.state, 'failed');
  assert.match(attempt.why, /configure a manager of the swarm$/);
});

test('docker: where the engine is stands in the configuration alone', async (t) => {
  verifies('human.halt-infrastructure');
  const { target } = await engineFor(t, { containers: [] });
  const before = process.env['DOCKER_HOST'];
  process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1';
  t.after(() => {
    if (before === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = before;
  });
  assert.deepEqual(await endOnDocker(target, NEEDS, HALTED), { state: 'done' });
  const addressOf = async () =>
    ({ ok: false, fault: 'refused-address', message: 'name its network' }) as const;
  const elsewhere = await endOnDocker(target, { ...NEEDS, egress: { addressOf } }, HALTED);
  assert.deepEqual(elsewhere, { state: 'failed', why: 'name its network', isFinal: true });
});
