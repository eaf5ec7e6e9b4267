import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Permit } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';

import { SUPPORT_PACT } from '../../testing/guard-pact.ts';
import { Clock, codeOf, type GuardScene, guardScene, valueOf } from '../../testing/guard-scene.ts';
import { PermitTable } from './permits.ts';

const digest = `sha256:${'ab'.repeat(32)}` as const;

test('permits: whatever the order of events, a permit is redeemed at most once, in time', () => {
  verifies('evidence.before-effect');
  const step = fc.oneof(
    fc.record({ kind: fc.constant('redeem' as const), which: fc.nat(9) }),
    fc.record({ kind: fc.constant('wait' as const), which: fc.nat(60) }),
    fc.record({ kind: fc.constant('set back' as const), which: fc.nat(500) }),
    fc.record({ kind: fc.constant('void' as const), which: fc.nat(9) }),
    fc.record({ kind: fc.constant('look' as const), which: fc.nat(9) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = new Clock();
      const table = new PermitTable(clock, 100);
      const tokens = Array.from({ length: 10 }, (_, at) => issue(table, clock, `prm_${at}`));
      const voided = new Set<string>();
      const redeemed = new Map<string, number>();
      const standing = ({ id }: Permit): string | null => (voided.has(id) ? 'test' : null);
      for (const { kind, which } of steps) {
        const id = `prm_${which}`;
        if (kind === 'wait') clock.wait(which);
        if (kind === 'set back') clock.ms -= which;
        if (kind === 'void') voided.add(id);
        if (kind === 'look') {
          const isGood = table.current(id, standing) !== null;
          const isOver = redeemed.has(id) || voided.has(id) || clock.monotonic >= 100;
          assert.equal(isGood && isOver, false);
        }
        if (kind !== 'redeem') continue;
        if (!table.redeem(tokens[which] ?? '', standing).ok) continue;
        assert.equal(redeemed.has(id), false);
        assert.equal(voided.has(id), false);
        assert.ok(clock.monotonic < 100);
        redeemed.set(id, clock.monotonic);
      }
    }),
  );
});

function issue(table: PermitTable, clock: Clock, id: string): string {
  const expiresAtMs = clock.ms + 100;
  const permit: Permit = {
    id,
    decision: 'd',
    session: 's',
    action: digest,
    pact: digest,
    epoch: 0,
    expiresAtMs,
  };
  table.give(
    permit,
    {},
    {
      secret: new Uint8Array(16).fill(id.length),
      lastsMs: 100,
      lease: null,
      stop: 0,
    },
  );
  return table.current(id, () => null)?.given.token ?? '';
}

test('permits: a full table forgets the oldest, which is then unknown', () => {
  const clock = new Clock();
  const table = new PermitTable(clock, 2);
  const [first, second, third] = ['a', 'b', 'c'].map((id) => issue(table, clock, id));
  assert.equal(codeOf(table.redeem(first ?? '', () => null)), 'permit-unknown');
  assert.equal(codeOf(table.redeem(second ?? '', () => null)), 'done');
  assert.equal(codeOf(table.redeem(`${third?.slice(0, -1)}0`, () => null)), 'permit-unknown');
  assert.equal(codeOf(table.redeem('c', () => null)), 'permit-unknown');
  assert.equal(codeOf(table.redeem('', () => null)), 'permit-unknown');
  clock.wait(100_000);
  table.sweep();
  assert.equal(table.size, 0);
});

type Given = { readonly scene: GuardScene; readonly session: string; readonly token: string };

async function given(): Promise<Given> {
  const scene = await guardScene();
  const session = await scene.open();
  const answer = valueOf(await scene.decide(session, 'r1', 'notes.add', { text: 'x' }));
  return { scene, session, token: answer.permit?.token ?? '' };
}

function redeem({ scene, token }: Given): string {
  return codeOf(scene.guard.redeem({ agent: 'support', token }));
}

test('permits: one is used once, and not after it ran out', async () => {
  verifies('evidence.before-effect');
  const used = await given();
  assert.deepEqual([redeem(used), redeem(used)], ['done', 'permit-used']);
  const late = await given();
  late.scene.clock.wait(30_000);
  assert.equal(redeem(late), 'permit-expired');
  const setBack = await given();
  setBack.scene.clock.wait(30_000);
  setBack.scene.clock.ms -= 60_000;
  assert.equal(redeem(setBack), 'permit-expired');
});

test('permits: a halt of the agent or of the session voids them, also after a resume', async () => {
  verifies('human.halt');
  for (const scope of ['agent', 'session'] as const) {
    const one = await given();
    const stop = { agent: 'support', scope, reason: 'test', by: 'op' };
    const target = scope === 'agent' ? '' : one.session;
    const halting = one.scene.guard.halt({ ...stop, target });
    assert.equal(redeem(one), 'permit-void', 'in force before it is durable');
    valueOf(await halting);
    valueOf(await one.scene.guard.resume({ ...stop, target }));
    assert.equal(redeem(one), 'permit-void');
  }
});

test('permits: a session that halts itself, closes, or goes on under another pact', async () => {
  verifies('authority.session-binding');
  const self = await given();
  const { decision } = valueOf(await self.scene.decide(self.session, 'r2', 'notes.add'));
  const report = { agent: 'support', session: self.session, decision, result: '', records: null };
  // An effect without its permit is the finding `bypass`, which halts here.
  valueOf(await self.scene.guard.outcome({ ...report, status: 'ok' }));
  assert.equal(redeem(self), 'permit-void');
  const closed = await given();
  valueOf(await closed.scene.guard.closeSession({ agent: 'support', session: closed.session }));
  assert.equal(redeem(closed), 'permit-void');
  const changed = await given();
  const other = changed.scene.pacts.load(SUPPORT_PACT.replace('50.00', '40.00'));
  valueOf(await changed.scene.guard.arm('support', other));
  assert.equal(redeem(changed), 'permit-void');
});

test('permits: what was void stays void, whatever is lifted or armed again', async () => {
  verifies('human.halt', 'authority.session-binding');
  const self = await given();
  const { decision } = valueOf(await self.scene.decide(self.session, 'r2', 'notes.add'));
  const report = { agent: 'support', session: self.session, decision, result: '', records: null };
  valueOf(await self.scene.guard.outcome({ ...report, status: 'ok' }));
  const stop = { agent: 'support', scope: 'session', target: self.session } as const;
  valueOf(await self.scene.guard.resume({ ...stop, reason: 'looked at', by: 'op' }));
  assert.equal(redeem(self), 'permit-void', 'a halt of the kernel is one as well');
  const back = await given();
  const other = back.scene.pacts.load(SUPPORT_PACT.replace('50.00', '40.00'));
  valueOf(await back.scene.guard.arm('support', other));
  valueOf(await back.scene.guard.arm('support', back.scene.pact));
  assert.equal(redeem(back), 'permit-void', 'the pact was another in between');
  const again = valueOf(await back.scene.decide(back.session, 'r1', 'notes.add', { text: 'x' }));
  assert.equal(again.permit, null);
});

test('permits: none outlives the daemon', async () => {
  const one = await given();
  const scene = await one.scene.restart();
  assert.equal(redeem({ ...one, scene }), 'permit-unknown');
  const again = valueOf(await scene.decide(one.session, 'r1', 'notes.add', { text: 'x' }));
  assert.deepEqual([again.verdict, again.permit, again.isRepeat], ['allow', null, true]);
});
