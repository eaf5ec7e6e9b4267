import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseEntry } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import {
  ADA,
  codeOf,
  guardScene,
  type GuardScene,
  openOver,
  valueOf,
} from '../../../testing/guard-scene.ts';
import { openMemorySequencer } from '../../../testing/memory-sequencer.ts';
import type { Handover } from '../claim-types.ts';
import type { Guard } from '../guard.ts';
import type { HaltView } from './view.ts';

const PACT = `
pact: plumbline/v1
agent: support
purpose: Keep orders in order.
owner: desk@example.com
autonomy: 2
tools:
  orders.get: { effect: read, category: orders }
allow:
  - { id: read, tool: orders.get }
  - { id: hand, tool: handoff.support-eu }
`;

const CHILD = 'support-eu';
const STOP = { agent: 'support', scope: 'agent', target: '', reason: 'a test', by: 'ops' } as const;
const ROOM = { ...STOP, scope: 'room', target: 'r-1' } as const;
const EVERY_ROOM = { ...ROOM, agent: null } as const;

type Scene = { readonly scene: GuardScene; readonly parent: string; readonly child: string };

/** A session of `support` in the room `r-1`, and one of another agent that it handed down. */
async function handedDown(): Promise<Scene> {
  const scene = await guardScene({ pact: PACT });
  const { guard } = scene;
  valueOf(await guard.addAgent(CHILD, 'local'));
  valueOf(await guard.arm(CHILD, scene.pact));
  const parent = await scene.open({ room: 'r-1' });
  const asked = { agent: 'support', session: parent, request: 'h', tool: `handoff.${CHILD}` };
  const { permit } = valueOf(await guard.decide({ ...asked, args: {} }));
  const { decision } = valueOf(guard.redeem({ agent: 'support', token: permit?.token ?? '' }));
  const all = { tools: null, effects: null, claims: [], untilMs: null };
  const of: Handover = { agent: 'support', session: parent, decision, ...all };
  const opening = { ...ADA, agent: CHILD, principal: '', parent: of };
  return { scene, parent, child: valueOf(await guard.openSession(opening)).session };
}

let requests = 0;

type OfChild = { readonly scene: Pick<GuardScene, 'guard'>; readonly child: string };

async function childVerdict({ scene, child }: OfChild): Promise<string> {
  requests += 1;
  const of = { agent: CHILD, session: child, request: `c-${requests}` };
  return valueOf(await scene.guard.decide({ ...of, tool: 'orders.get', args: {} })).verdict;
}

/** Opens a guard over the log as a crash left it: up to its first entry of a kind. */
async function cutAfter(scene: GuardScene, kind: string): Promise<Guard> {
  const entries = scene.log.entries();
  const last = entries.findIndex((bytes) => {
    const read = parseEntry(bytes);
    return read.ok && read.value.kind === kind;
  });
  const log = await openMemorySequencer({ entries: entries.slice(0, last + 1) });
  const blob = (digest: string) => scene.log.blob(digest);
  const opened = await openOver({ ...log, blob }, scene);
  assert.deepEqual(await opened.armAll(), []);
  return opened.guard;
}

function inForce({ guard }: Pick<GuardScene, 'guard'>): readonly string[] {
  const rows = guard.halts().filter(({ resumedAt }) => resumedAt === null);
  return rows.map(({ agent, scope }: HaltView) => `${agent ?? 'all'} ${scope}`);
}

test('resume: a halt that comes while one is resumed is not lifted along with it', async () => {
  verifies('human.halt', 'human.resume');
  const scene = await guardScene();
  valueOf(await scene.guard.halt(STOP));
  const resuming = scene.guard.resume({ ...STOP, reason: 'looked at the first' });
  const halting = scene.guard.halt({ ...STOP, reason: 'another alert', by: 'pager' });
  assert.equal(codeOf(await resuming), 'conflict');
  valueOf(await halting);
  assert.equal(scene.guard.status('support')?.halts.length, 1);
  valueOf(await scene.guard.resume({ ...STOP, reason: 'looked at both' }));
  assert.deepEqual(scene.guard.status('support')?.halts, []);
  assert.deepEqual(inForce(scene), []);
});

test('resume: a child goes on with what handed it down, also after a start', async () => {
  verifies('human.resume', 'authority.delegation');
  for (const stop of [STOP, ROOM, EVERY_ROOM]) {
    for (const isRestarted of [false, true]) {
      const of = await handedDown();
      valueOf(await of.scene.guard.halt(stop));
      const scene = isRestarted ? await of.scene.restart() : of.scene;
      assert.equal(await childVerdict({ ...of, scene }), 'deny');
      assert.deepEqual(inForce(scene), [`${stop.agent ?? 'all'} ${stop.scope}`]);
      valueOf(await scene.guard.resume(stop));
      assert.equal(await childVerdict({ ...of, scene }), 'allow');
      assert.deepEqual(inForce(scene), []);
    }
  }
});

test('resume: a child of what the pact halted goes on with it as well', async () => {
  verifies('human.resume', 'enforce.persistence');
  for (const isRestarted of [false, true]) {
    const of = await handedDown();
    for (const principal of ['bob', 'eve', 'max']) {
      const session = await of.scene.open({ principal });
      await of.scene.decide(session, 'r1', 'never.named');
    }
    assert.equal(inForce(of.scene)[0], 'support agent');
    const [before] = of.scene.guard.halts();
    const scene = isRestarted ? await of.scene.restart() : of.scene;
    assert.ok(
      scene.guard.halts().some(({ halt }) => halt === before?.halt),
      'under the same id',
    );
    assert.equal(await childVerdict({ ...of, scene }), 'deny');
    valueOf(await scene.guard.resume(STOP));
    assert.equal(await childVerdict({ ...of, scene }), 'allow');
    assert.ok(!inForce(scene).includes('support agent'));
  }
});

test('resume: a child halted by itself stays halted, whichever was first', async () => {
  verifies('human.resume');
  for (const isFirst of [true, false]) {
    const of = await handedDown();
    const { guard } = of.scene;
    const own = { ...STOP, agent: CHILD, scope: 'session', target: of.child } as const;
    for (const stop of isFirst ? [own, STOP] : [STOP, own]) valueOf(await guard.halt(stop));
    assert.equal(codeOf(await guard.resume(own)), 'conflict', 'what handed it down is halted');
    valueOf(await guard.resume(STOP));
    assert.equal(await childVerdict(of), 'deny');
    valueOf(await guard.resume(own));
    assert.equal(await childVerdict(of), 'allow');
    assert.deepEqual(inForce(of.scene), []);
  }
});

test('resume: after an optimisation incident a child goes on once its parent does', async () => {
  verifies('human.resume');
  const of = await handedDown();
  const { guard, pacts } = of.scene;
  valueOf(await guard.halt({ ...STOP, incident: 'optimisation' }));
  const other = pacts.load(`${PACT}goal: Serve the customer, not the count of orders.\n`);
  valueOf(await guard.arm('support', other));
  valueOf(await guard.resume(STOP));
  assert.equal(await childVerdict(of), 'allow');
});

test('resume: nobody lifts a halt of every agent for one of them', async () => {
  verifies('human.resume');
  const { scene } = await handedDown();
  valueOf(await scene.guard.halt(EVERY_ROOM));
  assert.equal(codeOf(await scene.guard.resume(ROOM)), 'conflict');
  assert.deepEqual(inForce(scene), ['all room']);
  valueOf(await scene.guard.halt(ROOM));
  valueOf(await scene.guard.resume(EVERY_ROOM));
  assert.deepEqual(inForce(scene), ['support room'], 'what was halted by itself stays halted');
  assert.equal(scene.guard.status('support')?.halts.length, 1);
  valueOf(await scene.guard.resume(ROOM));
  assert.deepEqual(scene.guard.status('support')?.halts, []);
});

test('resume: a crash between the halts of parent and child stops both', async () => {
  verifies('human.halt', 'authority.delegation');
  const of = await handedDown();
  valueOf(await of.scene.guard.halt(STOP));
  const guard = await cutAfter(of.scene, 'halt');
  assert.equal(await childVerdict({ ...of, scene: { guard } }), 'deny');
  assert.deepEqual(inForce({ guard }), ['support agent']);
  valueOf(await guard.resume(STOP));
  assert.equal(await childVerdict({ ...of, scene: { guard } }), 'allow');
});

test('resume: a crash halfway through that of the fleet is resumed again', async () => {
  verifies('human.resume');
  const of = await handedDown();
  const fleet = { ...STOP, agent: null, scope: 'fleet' } as const;
  valueOf(await of.scene.guard.halt(fleet));
  valueOf(await of.scene.guard.resume(fleet));
  const guard = await cutAfter(of.scene, 'fleet_resumed');
  assert.equal(await childVerdict({ ...of, scene: { guard } }), 'deny');
  assert.deepEqual(inForce({ guard }), ['all fleet']);
  valueOf(await guard.resume(fleet));
  assert.equal(await childVerdict({ ...of, scene: { guard } }), 'allow');
  assert.deepEqual(inForce({ guard }), []);
});

test('resume: of a child that was closed meanwhile nothing stays halted', async () => {
  const of = await handedDown();
  const { guard } = of.scene;
  valueOf(await guard.halt(STOP));
  valueOf(await guard.closeSession({ agent: CHILD, session: of.child }));
  valueOf(await guard.resume(STOP));
  assert.deepEqual(guard.status(CHILD)?.halts, []);
});
