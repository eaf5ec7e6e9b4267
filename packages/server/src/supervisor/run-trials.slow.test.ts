import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { verifies } from '@plumbline/testkit';

import { runTrials } from '../../testing/run-trials.ts';
import type { RunSaid } from '../../testing/run-worker.ts';
import { homeFor, running } from '../../testing/ask-daemon.ts';
import { armSupport, machineFor, workFor } from '../../testing/sandbox-scene.ts';

test('sandbox: a halt is effective once nothing of an agent is left', async (t) => {
  verifies('human.halt-infrastructure', 'enforce.supervised');
  if (machineFor(t) === null) return;
  const report = await runTrials(3);
  assert.equal(report.trials, 3);
  assert.equal(report.connections, 3);
  assert.equal(report.calls, 2);
  assert.equal(report.dropped, 3);
  assert.ok(report.processes >= 6, `${report.processes} processes`);
  assert.equal(report.letThrough, 0);
  assert.equal(report.leftAtEffective, 0);
});

const WORKER = fileURLToPath(new URL('../../testing/run-worker.ts', import.meta.url));

test('sandbox: it does not outlive its supervisor, however that ends', async (t) => {
  verifies('enforce.supervised', 'enforce.fail-closed');
  if (machineFor(t) === null) return;
  const { client, started } = await running(t, homeFor(t));
  await armSupport(client);
  const worker = fork(WORKER, { execArgv: ['--conditions=plumbline-source'] });
  t.after(() => worker.kill('SIGKILL'));
  const work = workFor(t);
  worker.send({ socket: started.socket, work, port: 9 });
  const [said]: RunSaid[] = await once(worker, 'message');
  assert.equal(said?.kind, 'started');
  const init = `/proc/${said.init}`;
  while (!existsSync(join(work, 'ready'))) await pause(10);
  assert.equal(existsSync(init), true);
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  for (let tries = 0; existsSync(init) && tries < 500; tries += 1) await pause(10);
  assert.equal(existsSync(init), false);
});
