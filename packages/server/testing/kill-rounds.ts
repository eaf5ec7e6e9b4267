// Kills a writing program again and again: `kill-rounds.ts [--rounds 1000]`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type Random, randomOf } from '@plumbline/testkit';

const CHILD = join(import.meta.dirname, 'kill-child.ts');
const STARTING_MS = 140;
const WRITING_MS = 60;

export type KillCounts = {
  readonly rounds: number;
  /** Rounds killed before the program had started to write. */
  readonly killedStarting: number;
  readonly acknowledged: number;
  /** Entries that were on the disk although nobody had been told. */
  readonly unacknowledged: number;
};

export type KillOptions = {
  readonly rounds: number;
  /** Begins no other round after that time. */
  readonly forMs: number;
  readonly seed: number;
  readonly clock: () => number;
};

/**
 * Lets a program append in a folder and kills it with SIGKILL at a random moment, round after
 * round. Throws when an acknowledged entry is not there at the next start, byte for byte.
 */
export async function runKillRounds(options: KillOptions): Promise<KillCounts> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-kill-'));
  const rounds = new KillRounds(folder, randomOf(options.seed));
  const end = options.clock() + options.forMs;
  try {
    while (rounds.counts.rounds < options.rounds && options.clock() < end) await rounds.once();
    return rounds.counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the rounds before were told: from `first` to `last`, entries are of one run. */
type Stretch = { readonly run: number; first: number; last: number };

class KillRounds {
  readonly #folder: string;
  readonly #dice: Random;
  #acknowledged: Stretch[] = [];
  #found: { readonly run: number; readonly first: number }[] = [];
  #size = 0;
  #covered = 0;
  #run = 0;
  #isWriting = false;
  #killedStarting = 0;
  #unacknowledged = 0;

  constructor(folder: string, dice: Random) {
    this.#folder = folder;
    this.#dice = dice;
  }

  get counts(): KillCounts {
    return {
      rounds: this.#run,
      killedStarting: this.#killedStarting,
      acknowledged: this.#size,
      unacknowledged: this.#unacknowledged,
    };
  }

  async once(): Promise<void> {
    this.#run += 1;
    this.#found = [];
    this.#isWriting = false;
    const args = [CHILD, this.#folder, String(this.#run), String(this.#covered)];
    const child = spawn(process.execPath, ['--conditions=plumbline-source', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const kill = (): unknown => child.kill('SIGKILL');
    const isEarly = this.#dice.chance(0.2);
    let timer = isEarly ? setTimeout(kill, this.#dice.below(STARTING_MS)) : undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      const isStart = this.#hear(line);
      if (isStart && timer === undefined) timer = setTimeout(kill, this.#dice.below(WRITING_MS));
    }
    clearTimeout(timer);
    const signal =
      child.signalCode ?? (await new Promise((tell) => child.once('exit', (_, by) => tell(by))));
    assert.equal(signal, 'SIGKILL', `round ${this.#run} ended by itself`);
    if (!this.#isWriting) this.#killedStarting += 1;
  }

  /** Returns whether the program begins to write. */
  #hear(line: string): boolean {
    // The kill may have cut the last line short.
    if (!line.endsWith(' .')) return false;
    const [word = '', first = '', second = ''] = line.split(' ');
    switch (word) {
      case 'wrote':
        this.#found.push({ run: Number(first), first: Number(second) });
        return false;
      case 'start':
        this.#check(Number(first));
        return true;
      case 'durable':
        this.#note(Number(first));
        return false;
      case 'covered':
        this.#covered = Math.max(this.#covered, Number(first));
        return false;
      default:
        assert.fail(`round ${this.#run}: ${line}`);
    }
  }

  #note(index: number): void {
    const stretch = this.#acknowledged.at(-1);
    if (stretch?.run !== this.#run) {
      this.#acknowledged.push({ run: this.#run, first: index, last: index });
    } else {
      stretch.first = Math.min(stretch.first, index);
      stretch.last = Math.max(stretch.last, index);
    }
    this.#size = Math.max(this.#size, index + 1);
  }

  #check(durableSize: number): void {
    assert.ok(durableSize >= this.#size, `lost: ${durableSize} of ${this.#size} are there`);
    for (const { run, first, last } of this.#acknowledged) {
      if (last < this.#covered) continue;
      for (const index of [Math.max(first, this.#covered), last]) {
        assert.equal(this.#runOf(index), run, `entry ${index} is of another run`);
      }
    }
    this.#acknowledged = this.#acknowledged.filter(({ last }) => last >= this.#covered);
    this.#unacknowledged += durableSize - this.#size;
    this.#size = durableSize;
    this.#isWriting = true;
  }

  /** Runs follow one another, so the two ends of a stretch stand for all between. */
  #runOf(index: number): number | undefined {
    const runs = this.#found.map(({ run }) => run);
    assert.deepEqual(
      runs,
      runs.toSorted((left, right) => left - right),
      'runs out of order',
    );
    return this.#found.findLast(({ first }) => first <= index)?.run;
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '1000' } } });
  const seed = Date.now() % 2 ** 31;
  process.stdout.write(`seed ${seed}\n`);
  const forMs = Number.POSITIVE_INFINITY;
  const rounds = Number(values.rounds);
  const counts = await runKillRounds({ rounds, forMs, seed, clock: Date.now });
  process.stdout.write(`${JSON.stringify(counts)}\n0 acknowledged entries lost\n`);
}
