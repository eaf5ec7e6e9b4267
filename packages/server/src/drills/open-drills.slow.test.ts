import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import type { JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { SUPPORT_PACT } from '../../testing/guard-pact.ts';
import { type GuardScene, guardScene, valueOf } from '../../testing/guard-scene.ts';
import { ExecutionBook } from '../executors/execution-book.ts';
import type { Executor } from '../executors/executor.ts';
import type { DrillGround } from '../guard/drill-ground.ts';
import type { ShownKey } from '../services/services.ts';
import { DrillBook } from './drill-book.ts';
import { type DrillsNeeds, openDrills, type OpenedDrills } from './open-drills.ts';

type Line = { readonly kind: string; readonly agent: string | null; readonly open: JsonObject };

type DrillScene = GuardScene & {
  readonly opened: GuardScene['opened'];
  readonly drilling: OpenedDrills;
  readonly executing: ExecutionBook;
  readonly keys: ShownKey[];
  readonly lines: Line[];
};

// Machines that run tests are busy: what is measured is looked at elsewhere.
const PATIENT = { boundMs: 30_000, graceMs: 3_600_000, holders: [] };
const DAY = 86_400_000;

async function drillScene(): Promise<DrillScene> {
  const lines: Line[] = [];
  const write: DrillsNeeds['write'] = ({ kind, agent, open }) => {
    lines.push({ kind, agent, open });
    return Promise.resolve({ ok: true, value: { index: lines.length, at: scene.clock.ms } });
  };
  let ids = 0;
  const executing = new ExecutionBook({
    write,
    clock: () => 1,
    monotonicMs: () => performance.now(),
    makeId: () => `exe_${(ids += 1)}`,
    leaseMs: 10,
    failed: (cause) => assert.fail(String(cause)),
  });
  const pact = `${SUPPORT_PACT}drill: { every: 30d, holders: 3 }\n`;
  const scene = await guardScene({ pact, executing });
  const keys: ShownKey[] = [];
  const drilling = openDrills({
    guard: scene.opened,
    executing,
    keys: { list: () => Promise.resolve(keys) },
    write,
    book: new DrillBook(),
    config: PATIENT,
    notify: { channels: {}, routes: [] },
    down: () => [],
    clock: () => scene.clock.ms,
  });
  return { ...scene, drilling, executing, keys, lines };
}

const LENA = {
  id: 'lena',
  kind: 'person',
  roles: ['operator'],
  scopes: [],
  agents: null,
  person: null,
} as const;

test('drills: nothing of the agent is stopped, voided or counted', async () => {
  verifies('human.drills');
  const scene = await drillScene();
  const { guard, drilling, lines } = scene;
  const session = await scene.open();
  const answer = valueOf(await scene.decide(session, 'r1', 'orders.get'));
  const before = guard.status('support');
  const drill = drilled(await drilling.drills.run('support', LENA));
  assert.deepEqual([drill.state, drill.why, drill.by], ['passed', null, 'lena']);
  assert.deepEqual(guard.status('support'), before);
  assert.deepEqual([guard.halts(), guard.agents().length], [[], 1]);
  const token = answer.permit?.token ?? '';
  assert.equal(guard.redeem({ agent: 'support', token }).ok, true);
  assert.ok(drill.forwarded > 0 && drill.refused > 0);
  assert.deepEqual(
    drill.practised.map(({ what, state }) => `${what} ${state}`),
    [
      'leases practised',
      'permits practised',
      'processes practised',
      'network practised',
      'notification skipped',
      'enforcement-points skipped',
    ],
  );
  const own = lines.filter(({ agent }) => agent === 'support').map(({ kind }) => kind);
  assert.deepEqual(own, ['drill_started', 'drill_done']);
  await guard.close();
});

test('drills: executors are looked at and not run, and a broken one fails the drill', async () => {
  verifies('human.drills', 'human.halt-infrastructure');
  const scene = await drillScene();
  const { executing, drilling, guard } = scene;
  const ran: string[] = [];
  const executor = (name: string, check?: Executor['check']): Executor => ({
    name,
    order: 0,
    concerns: ({ scope }) => scope === 'agent',
    execute: async () => (ran.push(name), { state: 'done' }),
    ...(check === undefined ? {} : { check }),
    retries: { most: 0, afterMs: 0 },
  });
  executing.add(executor('blind'));
  executing.add(executor('ready', () => Promise.resolve({ state: 'done' })));
  const why = '/etc/token: there is no such file';
  executing.add(executor('broken', () => Promise.resolve({ state: 'failed', why })));
  const drill = drilled(await drilling.drills.run('support', LENA));
  assert.deepEqual(ran, []);
  const checked = drill.practised.filter(({ what }) => ['blind', 'ready', 'broken'].includes(what));
  assert.deepEqual(
    checked.map(({ what, state }) => [what, state]),
    [
      ['blind', 'skipped'],
      ['ready', 'checked'],
      ['broken', 'failed'],
    ],
  );
  assert.deepEqual([drill.state, drill.why], ['failed', `\`broken\`: ${why}`]);
  await guard.close();
});

test('drills: a time beyond the bound fails, and a second drill is a conflict', async () => {
  verifies('human.drills');
  const scene = await drillScene();
  const slow = (ground: DrillGround): DrillGround => ({
    ...ground,
    halt: async (reason) => {
      const halted = await ground.halt(reason);
      await pause(80);
      return halted;
    },
  });
  const { opened, executing, keys, clock } = scene;
  const lines: JsonObject[] = [];
  const drilling = openDrills({
    guard: { ...opened, drillGround: (agent) => slow(opened.drillGround(agent)) },
    executing,
    keys: { list: () => Promise.resolve(keys) },
    write: ({ open }) => {
      lines.push(open);
      return Promise.resolve({ ok: true, value: { index: lines.length, at: clock.ms } });
    },
    book: new DrillBook(),
    config: { ...PATIENT, boundMs: 50 },
    notify: { channels: {}, routes: [] },
    down: () => [],
    clock: () => clock.ms,
  });
  const first = drilling.drills.run('support', LENA);
  const second = await drilling.drills.run('support', LENA);
  assert.equal(second.ok ? '' : second.error.code, 'conflict');
  const { state, why } = drilled(await first);
  assert.equal(state, 'failed');
  assert.match(why ?? '', /^latched after \d+ ms: the bound is 50 ms$/);
  await scene.guard.close();
});

test('drills: what is due runs, and what waits for people is raised and cleared once', async () => {
  verifies('human.drills');
  const scene = await drillScene();
  const { drilling, lines, clock, keys } = scene;
  const own = (): readonly (readonly [string, ...unknown[]])[] =>
    lines.flatMap(({ kind, agent, open: { what, state, cause } }) => {
      if (agent !== 'support' || kind.startsWith('executor')) return [];
      return [[kind, what ?? cause ?? '', state ?? '']] as const;
    });
  await drilling.tick();
  await drilling.tick();
  const begun = [
    ['drill_scheduled', '', ''],
    ['drill_alert', 'holders', 'raised'],
  ];
  assert.deepEqual(own(), begun);
  assert.deepEqual(drilling.drills.attention(), [
    'too few people may halt `support`: plumb drill list says how many are missing',
  ]);
  for (const name of ['ada', 'bob', 'lena']) keys.push(keyOf(name));
  clock.wait(31 * DAY);
  const [late] = await drilling.drills.list();
  assert.deepEqual([late?.isOverdue, late?.missing, late?.last], [true, 0, null]);
  await drilling.tick();
  await drilling.tick();
  assert.deepEqual(own(), [
    ...begun,
    ['drill_alert', 'overdue', 'raised'],
    ['drill_alert', 'holders', 'cleared'],
    ['drill_started', 'scheduled', ''],
    ['drill_done', '', 'passed'],
    ['drill_alert', 'overdue', 'cleared'],
  ]);
  const [standing] = await drilling.drills.list();
  assert.equal(standing?.dueAt, clock.ms + 30 * DAY);
  await scene.guard.close();
});

test('drills: one that the daemon stops in is recorded as interrupted', async () => {
  verifies('human.drills');
  const { drilling, guard } = await drillScene();
  const running = drilling.drills.run('support', LENA);
  await drilling.close();
  const { state, why } = drilled(await running);
  assert.deepEqual([state, why], ['interrupted', 'the daemon was stopped']);
  await guard.close();
});

function keyOf(name: string): ShownKey {
  return {
    id: name,
    kind: 'person',
    name,
    roles: ['operator'],
    scopes: [],
    agents: null,
    email: null,
    groups: [],
    addedAt: 1,
    addedBy: 'local',
    expiresAt: null,
    revokedAt: null,
  };
}

type Either<T> = { ok: true; value: T } | { ok: false; error: { message: string } };

function drilled<T>(of: Either<T>): T {
  assert.ok(of.ok, of.ok ? '' : of.error.message);
  return of.value;
}
