import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { verifies } from '@plumbline/testkit';

import { IMAGE, type RealDocker, startDocker, whyNoDocker } from '../../../testing/real-docker.ts';
import type { DockerTarget } from '../../config/containers.ts';
import type { Halted } from '../executor.ts';
import { endOnDocker } from './docker.ts';
import { examineDocker } from './examine.ts';

const HALTED: Halted = {
  halt: 'hlt_1',
  agent: 'banking',
  scope: 'agent',
  target: '',
  epoch: 2,
  sessions: null,
};
const NEEDS = {
  egress: { addressOf: async (address: string) => ({ ok: true, address }) as const },
  readSecret: () => ({ ok: false, why: 'there is no secret' }) as const,
  pace: { deadlineMs: 30_000, pauseMs: 50, settleMs: 250 },
};
/** Names the processes of the agent, whoever runs them. */
const MARK = '86399.25';
const MINE = ['--label', 'plumbline.agent=banking'];
const STUBBORN = [
  IMAGE,
  '/bin/busybox',
  'sh',
  '-c',
  `trap "" TERM INT HUP; while true; do /bin/busybox sleep ${MARK}; done`,
];
/** Beside a swarm that the machine may be of already. */
const LISTEN = '127.0.0.1:23770';
const MODES = ['replicated', 'global', 'replicated-job', 'global-job'];

function processesOfAgents(): number {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(MARK);
    } catch {
      return false;
    }
  }).length;
}

function runContainers({ docker }: RealDocker): void {
  docker('network', 'create', 'own');
  const run = (...args: readonly string[]): string => docker('run', '-d', ...MINE, ...args);
  run('--network', 'none', '--restart', 'always', ...STUBBORN);
  run('--network', 'own', '--restart', 'unless-stopped', ...STUBBORN);
  run(
    '--network',
    'host',
    '--restart',
    'on-failure:9',
    '--label',
    'plumbline.session=s1',
    ...STUBBORN,
  );
  docker('pause', run('--network', 'own', '--restart', 'always', ...STUBBORN));
  run('--network', 'none', '--restart', 'always', IMAGE, '/bin/busybox', 'false');
  docker(
    'run',
    '-d',
    '--network',
    'none',
    '--label',
    'plumbline.agent=support',
    IMAGE,
    '/bin/busybox',
    'sleep',
    '999',
  );
}

function statesOf({ docker }: RealDocker, agent: string): readonly string[] {
  const filter = ['--filter', `label=plumbline.agent=${agent}`];
  return docker('ps', '-a', ...filter, '--format', '{{.State}}')
    .split('\n')
    .toSorted();
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300 && !isSo(); tries += 1) await pause(100);
  assert.ok(isSo());
}

test('a real engine of Docker: whatever agents run in it ends, and stays so', async (t) => {
  verifies('human.halt-infrastructure');
  const why = whyNoDocker();
  if (why !== null) {
    assert.notEqual(process.env['CI'], 'true', why);
    return t.skip(why);
  }
  const real = await startDocker();
  t.after(() => real.stop());
  const target: DockerTarget = {
    kind: 'docker',
    agents: null,
    labels: { agent: 'plumbline.agent', session: 'plumbline.session', room: 'plumbline.room' },
    host: { kind: 'socket', path: real.socket },
    tls: null,
    graceSeconds: 0,
    cut: true,
    remove: false,
  };

  runContainers(real);
  const { faults, says } = await examineDocker(target, NEEDS);
  assert.deepEqual(faults, []);
  assert.match(says, /; containers with `plumbline.agent`: 6$/);
  await until(() => processesOfAgents() >= 7);

  const one = { ...HALTED, scope: 'session', target: 's1' } as const;
  assert.deepEqual(await endOnDocker(target, NEEDS, one), { state: 'done' });
  const session = real.docker('ps', '-q', '--filter', 'label=plumbline.session=s1');
  assert.deepEqual([session, statesOf(real, 'banking').includes('running')], ['', true]);
  assert.deepEqual(await endOnDocker(target, NEEDS, HALTED), { state: 'done' });
  assert.equal(processesOfAgents(), 0);
  await pause(3_000);
  assert.deepEqual([...new Set(statesOf(real, 'banking'))], ['exited']);
  assert.deepEqual(statesOf(real, 'support'), ['running']);
  assert.equal(real.docker('network', 'inspect', 'own', '--format', '{{len .Containers}}'), '0');

  real.docker('swarm', 'init', '--advertise-addr', '127.0.0.1', '--listen-addr', LISTEN);
  for (const mode of MODES) {
    const labels = ['--container-label', 'plumbline.agent=banking'];
    real.docker(
      'service',
      'create',
      '-q',
      '-d',
      '--name',
      mode,
      '--mode',
      mode,
      ...labels,
      ...STUBBORN,
    );
  }
  await until(() => processesOfAgents() >= MODES.length);

  assert.deepEqual(await endOnDocker({ ...target, remove: true }, NEEDS, HALTED), {
    state: 'done',
  });
  await pause(6_000);
  assert.equal(processesOfAgents(), 0);
  const running = real.docker('ps', '--filter', 'label=plumbline.agent=banking', '-q');
  assert.equal(running, '');
  assert.deepEqual(await endOnDocker(target, NEEDS, HALTED), { state: 'done' });

  real.docker('swarm', 'leave', '--force');
});
