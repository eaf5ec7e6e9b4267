import assert from 'node:assert/strict';

import type { JsonObject } from '@plumbline/core';
import type { Random } from '@plumbline/testkit';

import { codeOf, type GuardScene, valueOf } from './guard-scene.ts';

type Open = { readonly session: string; readonly principal: string };

const PRINCIPALS = ['ada', 'bob', 'cyd'];
const TOOLS = ['notes.add', 'web.fetch', 'refunds.pay', 'mail.send', 'files.delete', 'checks.run'];

/** Does so many things that agents and people do, chosen by dice. */
export async function live(scene: GuardScene, dice: Random, steps: number): Promise<void> {
  const sessions: Open[] = [];
  for (let step = 0; step < steps; step += 1) {
    scene.clock.wait(dice.below(60_000));
    const open = sessions[dice.below(sessions.length)];
    if (open === undefined || dice.chance(0.05)) {
      const principal = PRINCIPALS[dice.below(3)] ?? 'ada';
      const name = dice.chance(0.5) ? `case ${step}` : null;
      sessions.push({ session: await scene.open({ principal, name }), principal });
    } else if (dice.chance(0.03)) {
      sessions.splice(sessions.indexOf(open), 1);
      valueOf(await scene.guard.closeSession({ agent: 'support', session: open.session }));
    } else if (dice.chance(0.06)) {
      const from = dice.chance(0.5) ? 'principal' : 'untrusted';
      const { session } = open;
      valueOf(await scene.guard.message({ agent: 'support', session, from, text: `case ${step}` }));
    } else if (dice.chance(0.02)) {
      const stop = { agent: 'support', scope: 'session', reason: 'drill', by: 'op' } as const;
      valueOf(await scene.guard.halt({ ...stop, target: open.session }));
      if (dice.chance(0.7)) valueOf(await scene.guard.resume({ ...stop, target: open.session }));
    } else await act(scene, dice, { step, session: open.session });
  }
}

async function act(
  scene: GuardScene,
  dice: Random,
  { step, session }: { readonly step: number; readonly session: string },
): Promise<void> {
  const tool = TOOLS[dice.below(TOOLS.length)] ?? 'notes.add';
  const long = dice.chance(0.02) ? 'x'.repeat(60_000) : 'x';
  const args: JsonObject = {
    amount: `${dice.below(10)}.50`,
    order: `o-${dice.below(30)}`,
    body: long,
    copies: dice.below(2),
    ...(dice.chance(0.3) ? { phone: '555' } : {}),
  };
  const answer = await scene.decide(session, `r${step}`, tool, args);
  if (!answer.ok || answer.value.permit === null || dice.chance(0.2)) return;
  const { permit, decision } = answer.value;
  if (dice.chance(0.95)) scene.guard.redeem({ agent: 'support', token: permit.token });
  const status = (['ok', 'error', 'not_sent', 'unknown'] as const)[dice.below(4)] ?? 'ok';
  const result = { page: `see https://example.com/${step}` };
  const report = { agent: 'support', session, decision, status, result, records: 1 };
  assert.match(codeOf(await scene.guard.outcome(report)), /^(done|session-closed)$/);
}
