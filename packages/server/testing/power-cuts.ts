// Lives through runs of the whole program that end by power cuts, kills and failing disks:
// `power-cuts.ts --rounds N [--seed S]`.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';

import { DiskError, type DiskFault } from '../src/disk/disk.ts';
import { LedgerStopped } from '../src/ledger/sequencer.ts';
import { VaultError } from '../src/store/vault.ts';
import {
  checkBothPaths,
  checkRecord,
  checkRestored,
  checkTold,
  readAll,
  restored,
  untilQuiet,
} from './power-cuts-check.ts';
import { ADMIN, bringIntoForce, type Life, openLife } from './power-cuts-life.ts';
import { AGENTS, Load } from './power-cuts-load.ts';
import { shopPact } from './power-cuts-pact.ts';
import { type SmallVault, World } from './power-cuts-world.ts';
import type { Trouble } from './simulated-disk.ts';

const FAULTS: readonly DiskFault[] = ['full', 'read-only', 'no-permission', 'broken'];
const VERBS = ['create', 'write', 'sync', 'rename', 'remove', 'sync-folder'] as const;

/** How a life ends. */
type End = 'cut' | 'kill' | 'sync' | 'fault' | 'full' | 'read-only' | 'clean';

/** How much a history went through, so that a test can tell that it tested something. */
export type PowerCutsCounts = {
  lives: number;
  clocksSetBack: number;
  readonly ends: Map<string, number>;
  acknowledged: number;
  entries: number;
  decisions: number;
  recomputed: number;
  erased: number;
  unfinished: number;
  snapshotStarts: number;
  readonly codes: Map<string, number>;
};

/** Returns counts of nothing. */
export function noCounts(): PowerCutsCounts {
  const numbers = { lives: 0, clocksSetBack: 0, acknowledged: 0, entries: 0, decisions: 0 };
  const rest = { recomputed: 0, erased: 0, unfinished: 0, snapshotStarts: 0 };
  return { ...numbers, ...rest, ends: new Map(), codes: new Map() };
}

/**
 * Lives through so many lives of one world, and holds each to what callers of all before were
 * told. The same seed does the same. Throws at the first thing that is lost, forked, let through
 * twice or refused to start. Returns a digest of the log that came out.
 */
export async function livePowerCuts(
  seed: number,
  {
    lives,
    counts,
    vault,
  }: {
    readonly lives: number;
    readonly counts: PowerCutsCounts;
    readonly vault?: SmallVault;
  },
): Promise<string> {
  const world = new World(seed, vault);
  const history = new History(world, counts);
  try {
    for (let life = 0; life < lives; life += 1) await history.live();
    await history.finish();
    return createHash('sha256').update(Buffer.concat(world.lastEntries)).digest('hex');
  } catch (cause) {
    throw new Error(`seed ${seed}: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

class History {
  readonly #world: World;
  readonly #counts: PowerCutsCounts;
  #number = 0;

  constructor(world: World, counts: PowerCutsCounts) {
    this.#world = world;
    this.#counts = counts;
  }

  /** One run of the program: start, check, work, and one of many ends. */
  async live(): Promise<void> {
    const { dice, machine } = this.#world;
    const end = endOf(dice.below(100));
    const isEarly = this.#number > 0 && dice.chance(0.25);
    this.#number += 1;
    this.#counts.lives += 1;
    this.#moveClock();
    if (isEarly) this.#arm(end, 60);
    const isAlive = this.#world.begin();
    const isDone = await this.#untilItEnds(end, () => this.#run(end, isEarly));
    this.#countEnd(end, { isDone, isAlive: isAlive() });
    machine.calm();
    machine.capacity = Number.MAX_SAFE_INTEGER;
    machine.isReadOnly = false;
    if (end === 'cut' || (end !== 'kill' && end !== 'clean' && dice.chance(0.5))) {
      machine.cutPower();
    } else machine.kill();
  }

  /** Time goes on between two runs, or is set back. */
  #moveClock(): void {
    const { clock, dice } = this.#world;
    const isBack = this.#number > 1 && dice.chance(0.25);
    if (isBack) this.#counts.clocksSetBack += 1;
    clock.ms += isBack ? -dice.below(7_200_000) : dice.below(600_000);
    clock.monotonic += dice.below(600_000);
  }

  #countEnd(end: End, { isDone, isAlive }: { isDone: boolean; isAlive: boolean }): void {
    const { ends } = this.#counts;
    const isPower = end === 'cut' || end === 'kill';
    const when = isDone ? 'at work' : 'at a start';
    const what = isPower ? `${end} ${isAlive ? 'between' : 'in'} operations` : end;
    const name = end === 'clean' ? end : `${what}, ${when}`;
    ends.set(name, (ends.get(name) ?? 0) + 1);
  }

  /** A last start with nothing in its way, and everything checked by a stranger. */
  async finish(): Promise<void> {
    this.#number += 1;
    const life = await this.#start();
    assert.ok(await bringIntoForce(life), 'the last start went wrong');
    assert.ok(await prepared(life));
    await new Load(this.#world, life, this.#load({ actors: 2, steps: 10, isSound: true })).run();
    await untilQuiet(life);
    const report = await checkRecord(this.#world, life);
    const { answers } = report;
    const counts = this.#counts;
    counts.entries += report.entries;
    counts.decisions += report.decisions;
    counts.recomputed += answers.recomputed;
    counts.erased += answers.erased;
    counts.unfinished += report.unfinishedCount;
    await this.#end(life);
    const { told } = this.#world;
    counts.acknowledged += told.acknowledged;
    for (const [code, count] of told.codes) {
      counts.codes.set(code, (counts.codes.get(code) ?? 0) + count);
    }
  }

  async #run(end: End, isEarly: boolean): Promise<void> {
    const { dice } = this.#world;
    const life = await this.#start();
    if (!isEarly) this.#arm(end, 400);
    const isSound = end === 'cut' || end === 'kill' || end === 'clean';
    if (!(await bringIntoForce(life))) {
      assert.ok(!isSound || !life.isAlive(), 'a start went wrong on a sound disk');
      return;
    }
    if (!(await prepared(life))) {
      assert.ok(!isSound || !life.isAlive(), 'no pact could be armed on a sound disk');
      return;
    }
    const load = this.#load({ actors: 1 + dice.below(8), steps: 2 + dice.below(12), isSound });
    await new Load(this.#world, life, load).run();
    if (end === 'clean') await this.#end(life);
  }

  async #start(): Promise<Life> {
    const { dice } = this.#world;
    this.#world.hasErased = false;
    const life = await openLife(this.#world, { withSnapshots: dice.chance(0.8) });
    const entries = checkTold(this.#world, await readAll(life.log));
    assert.equal(entries.length, life.resumedAt);
    checkRestored(this.#world, life, entries);
    if (life.parts.snapshots !== undefined && (await checkBothPaths(life)) > 0) {
      this.#counts.snapshotStarts += 1;
    }
    return life;
  }

  /** A program that ends as it should, and is found again as it was. */
  async #end(life: Life): Promise<void> {
    await life.opened.guard.close();
    const states = life.opened.states().map(({ agent }) => agent);
    await life.write({ kind: 'shutdown', agent: null, open: {} });
    if (!this.#world.hasErased) {
      const { snapshots: _, ...folding } = life.parts;
      const { agents } = await restored(folding);
      assert.deepEqual(
        agents.map(({ agent }) => agent),
        [...states].sort(),
      );
    }
    await life.log.close();
  }

  #load(of: {
    actors: number;
    steps: number;
    isSound: boolean;
  }): ConstructorParameters<typeof Load>[2] {
    return { ...of, number: this.#number };
  }

  #arm(end: End, within: number): void {
    const { dice, machine } = this.#world;
    const steps = dice.below(dice.chance(0.3) ? Math.ceil(within / 10) : within);
    const fault = FAULTS[dice.below(FAULTS.length)] ?? 'broken';
    const verb = VERBS[dice.below(VERBS.length)] ?? 'write';
    const fate = dice.chance(0.5) ? 'lost' : 'persisted';
    const after = dice.below(within / 10);
    const trouble: Trouble = { verb: end === 'sync' ? 'sync' : verb, fault, fate, after };
    if (end === 'cut') machine.cutPowerAfter(steps);
    if (end === 'kill') machine.killAfter(steps);
    if (end === 'sync' || end === 'fault') machine.fail(trouble);
    if (end === 'full') machine.capacity = usedBytes(machine) + dice.below(60_000);
    if (end === 'read-only') machine.isReadOnly = true;
  }

  /** Returns whether it came to its end; whatever failed must be the disk's or the power's doing. */
  async #untilItEnds(end: End, run: () => Promise<void>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (error) {
      const isDisk =
        error instanceof DiskError || error instanceof LedgerStopped || error instanceof VaultError;
      if (!isDisk || end === 'clean') throw error;
      return false;
    }
  }
}

/** Adds the agents and publishes what an earlier life did not come to; returns whether it went well. */
export async function prepared({ opened: { guard }, pacts }: Life): Promise<boolean> {
  for (const agent of AGENTS) {
    if (guard.status(agent) === undefined && !(await guard.addAgent(agent, 'local')).ok) {
      return false;
    }
    if (guard.status(agent)?.pact !== null) continue;
    const sources = { ...shopPact(0), mode: 'publish', reason: 'first', signatures: [] } as const;
    const published = await pacts.propose({ agent, ...sources }, ADMIN);
    if (!published.ok) return false;
  }
  return true;
}

function usedBytes({ names }: World['machine']): number {
  let used = 0;
  for (const file of names.files) used += file.size;
  return used;
}

function endOf(roll: number): End {
  if (roll < 50) return 'cut';
  if (roll < 70) return 'kill';
  if (roll < 78) return 'sync';
  if (roll < 86) return 'fault';
  if (roll < 90) return 'full';
  return roll < 93 ? 'read-only' : 'clean';
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '1000' },
      lives: { type: 'string', default: '6' },
      seed: { type: 'string' },
    },
  });
  const lives = Number(values.lives);
  const first = Number(values.seed ?? Date.now() % 2 ** 31);
  process.stdout.write(`seed ${first}\n`);
  const counts = noCounts();
  for (let seed = first; counts.lives < Number(values.rounds); seed += 1) {
    await livePowerCuts(seed, { lives, counts });
  }
  const shown = { ...counts, ends: Object.fromEntries(counts.ends), codes: undefined };
  process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(Object.fromEntries(counts.codes), null, 1)}\n`);
}
