// Tries approvals against crashes and races: `approval-trials.ts [--trials 1000] [--seed N]`.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Entry } from '@plumbline/core';
import { type Random, randomOf } from '@plumbline/testkit';

import { TRIAL_KINDS } from './approval-kinds.ts';
import { ApprovalWorld, PACTS } from './approval-world.ts';
import { GrowingLog } from './growing-log.ts';

/** What so many trials saw; anything that went wrong has thrown. */
export type TrialCounts = {
  readonly trials: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly kills: number;
  readonly restarts: number;
  readonly publishings: number;
  readonly entries: number;
  /** Let through by an approval, as the log has it. */
  readonly spent: number;
  readonly denied: number;
};

const WIDTH = 25;

/**
 * Runs trials in waves of 25 at once against one daemon, which is killed, stopped and given other
 * pacts meanwhile. Then the whole log is verified, and held to what approvals promise.
 *
 * Errors: throws at the first action that was executed twice, after a denial, or not at all.
 */
export async function runApprovalTrials({
  trials,
  seed,
}: {
  readonly trials: number;
  readonly seed: number;
}): Promise<TrialCounts> {
  const dice = randomOf(seed);
  const world = await ApprovalWorld.open();
  const log = new GrowingLog(join(world.home.data, 'log'), world.program.started.verifierKey);
  const names = Object.keys(TRIAL_KINDS);
  const byKind: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
  const around = { restarts: 0, publishings: 0 };
  try {
    for (let done = 0; done < trials; done += WIDTH) {
      const wave = Array.from({ length: Math.min(WIDTH, trials - done) }, (_, at) => {
        const kind = names[(done + at) % names.length] ?? '';
        byKind[kind] = (byKind[kind] ?? 0) + 1;
        return runOne(world, { kind, name: `trial-${done + at}`, seed: seed + done + at });
      });
      await Promise.all([...wave, disturb(world, dice, around)]);
    }
    const { durableSize } = await world.get('local', 'log');
    await world.close();
    const entries = await log.look(Number(durableSize));
    await log.verifyWhole();
    const { spent, denied } = checkLog(entries.map(({ entry }) => entry));
    const { kills } = world;
    return { trials, byKind, kills, ...around, entries: log.size, spent, denied };
  } finally {
    await world.close();
    world.home.remove();
  }
}

async function runOne(
  world: ApprovalWorld,
  { kind, name, seed }: { readonly kind: string; readonly name: string; readonly seed: number },
): Promise<void> {
  try {
    await TRIAL_KINDS[kind]?.(world, { name, dice: randomOf(seed) });
  } catch (cause) {
    throw new Error(`${name}, ${kind}`, { cause });
  }
}

// Sometimes nothing, so that what needs no crash is seen without one.
async function disturb(
  world: ApprovalWorld,
  dice: Random,
  around: { restarts: number; publishings: number },
): Promise<void> {
  await sleep(dice.below(120));
  around.publishings += 1;
  const stricter = around.publishings % 2 === 0 ? 'within: 15m' : 'within: 14m';
  const pact = PACTS['moving'] ?? '';
  const publishing = world.publish('moving', pact.replace('within: 15m', stricter));
  await sleep(dice.below(200));
  if (dice.chance(0.8)) {
    around.restarts += 1;
    await world.restart(dice.chance(0.85) ? 'SIGKILL' : 'SIGTERM');
  }
  await publishing;
}

/** Holds the log to it that no approval is spent twice and nothing is let through once denied. */
function checkLog(entries: readonly Entry[]): Pick<TrialCounts, 'spent' | 'denied'> {
  const spent = new Set<string>();
  const denied = new Set<string>();
  for (const { kind, session, open } of entries) {
    if (kind === 'approval' && open['outcome'] === 'denied') denied.add(session ?? '');
    if (kind !== 'decided' || open['verdict'] !== 'allow') continue;
    assert.ok(!denied.has(session ?? ''), `${session ?? ''} was let through once denied`);
    const spends = Array.isArray(open['spends']) ? open['spends'] : [];
    assert.ok(spends.length > 0, 'a trial is let through by approval alone');
    for (const id of spends) {
      assert.ok(!spent.has(String(id)), `${String(id)} was spent twice`);
      spent.add(String(id));
    }
  }
  return { spent: spent.size, denied: denied.size };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { trials: { type: 'string', default: '1000' }, seed: { type: 'string' } },
  });
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  process.stdout.write(`seed ${seed}\n`);
  const counts = await runApprovalTrials({ trials: Number(values.trials), seed });
  process.stdout.write(`${JSON.stringify(counts)}\n0 executed twice, 0 executed after a denial\n`);
}
