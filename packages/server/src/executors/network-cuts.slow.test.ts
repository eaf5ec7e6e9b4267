import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { isJsonObject, type JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { get, homeFor, post, running, text } from '../../testing/ask-daemon.ts';
import type { DaemonProgram } from '../../testing/daemon-program.ts';
import { NEAR, netScene, type NetScene } from '../../testing/net-scene.ts';
import { armSupport } from '../../testing/sandbox-scene.ts';
import type { Cut } from '../config/cuts.ts';
import { makeCutting } from './network-cuts.ts';
import { groupsOfMachine, hasSpace, runNft } from './run-nft.ts';

function nft({ inside }: NetScene, ...args: string[]): boolean {
  const [program = '', ...before] = inside;
  return spawnSync(program, [...before, 'nft', ...args]).status === 0;
}

function hasTable(scene: NetScene): boolean {
  return nft(scene, 'list', 'table', 'inet', 'plumbline');
}

async function haltSupport({ client }: DaemonProgram): Promise<readonly JsonObject[]> {
  const halted = await post(client, 'agents/support/halt', { reason: 'enough' });
  const view = await get(client, `halts/${text(halted['halt'])}?waitMs=10000`);
  for (;;) {
    const now = await get(client, `halts/${text(view['halt'])}`);
    const rows = Array.isArray(now['executors']) ? now['executors'].filter(isJsonObject) : [];
    if (rows.every(({ state }) => state !== 'running')) return rows;
    await pause(10);
  }
}

test('cuts: a halt closes a network name space, for as long as it is halted', async (t) => {
  verifies('human.halt-infrastructure');
  const scene = await netScene(t);
  if (scene === null) return;
  const none = { users: [], sources: [], cgroups: [] };
  const cuts = { box: { ...none, agents: ['support'], namespaces: [scene.agent] } };
  const home = homeFor(t, { cuts: JSON.stringify(cuts) });
  const first = await running(t, home);
  await armSupport(first.client);
  const held = await scene.hold();
  assert.equal(scene.reaches(), true);
  const rows = await haltSupport(first);
  assert.deepEqual(
    rows.map(({ executor, state }) => [executor, state]),
    [['cut-box', 'done']],
  );
  // The connection that stood is over, at the next thing that is sent.
  assert.match(await held.ended, /reset by peer|Broken pipe/);
  assert.equal(scene.reaches(), false);
  await first.end('SIGKILL');
  assert.equal(hasTable(scene), true);
  // As after a start of the machine.
  nft(scene, 'flush', 'ruleset');
  const second = await running(t, home);
  while (!hasTable(scene)) await pause(20);
  assert.equal(scene.reaches(), false);
  await post(second.client, 'agents/support/resume', { reason: 'looked at it' });
  while (hasTable(scene)) await pause(20);
  assert.equal(scene.reaches(), true);
  const ended = await get(second.client, 'events?kind=executor_ended&limit=100');
  assert.equal(Array.isArray(ended['rows']) ? ended['rows'].length : 0, 2);
});

test('cuts: a service or address, user and control group is cut, and nothing beside', async (t) => {
  verifies('human.halt-infrastructure');
  const scene = await netScene(t);
  if (scene === null) return;
  const none: Cut = { agents: ['a'], users: [], sources: [], cgroups: [], namespaces: [] };
  const asUser = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
  const { group, enter } = groupFor(t);
  const kinds: readonly (readonly [Partial<Cut>, readonly string[], readonly string[] | null])[] = [
    [{ users: [65_534] }, asUser, []],
    [{ cgroups: [group] }, enter, []],
    [{ sources: [`${NEAR}/32`] }, [], null],
  ];
  for (const [cut, before, beside] of kinds) {
    let isHalted = true;
    const cutting = makeCutting(
      { one: { ...none, ...cut } },
      { run: runNft(scene.inside), isHalted: () => isHalted, groups: groupsOfMachine(), hasSpace },
    );
    const held = await scene.hold(before);
    assert.deepEqual(await cutting.settle(), []);
    assert.match(await held.ended, /reset by peer|Broken pipe/, JSON.stringify(cut));
    assert.equal(scene.reaches(before), false);
    if (beside !== null) assert.equal(scene.reaches(beside), true);
    isHalted = false;
    assert.deepEqual(await cutting.settle(), []);
    assert.equal(scene.reaches(before), true);
    assert.equal(hasTable(scene), false);
  }
});

function groupFor(t: TestContext): { readonly group: string; readonly enter: readonly string[] } {
  const { tree } = groupsOfMachine();
  const group = `plumb-cut-${process.pid}`;
  const folder = join('/sys/fs/cgroup', tree, group);
  mkdirSync(folder);
  t.after(async () => {
    writeFileSync(join(folder, 'cgroup.kill'), '1');
    await pause(50);
    rmdirSync(folder);
  });
  return { group, enter: ['sh', '-c', `echo $$ > ${folder}/cgroup.procs; exec "$@"`, 'enter'] };
}

test('cuts: what the kernel does not take is said, and changes nothing', async (t) => {
  verifies('human.halt-infrastructure');
  const scene = await netScene(t);
  if (scene === null) return;
  const said = await runNft(scene.inside)('table inet plumbline { chain x { nonsense } }', null);
  assert.equal(said.state, 'failed');
  assert.match(said.state === 'failed' ? said.why : '', /^`nft` refused it: .*syntax error/);
  assert.equal(hasTable(scene), false);
  const gone = await runNft()('list tables', 'plumb-no-such-space');
  assert.match(gone.state === 'failed' ? gone.why : '', /No such file or directory/);
  const missing = await runNft(['/no/such/program'])('list tables', null);
  assert.match(missing.state === 'failed' ? missing.why : '', /^it takes `nft` of nftables/);
});
