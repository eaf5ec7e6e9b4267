import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { count, tenths, whole } from '../cells.ts';
import { spreadOf } from '../measure.ts';
import { type Round, runFor } from './closed-loop.ts';
import { ENTRY_BYTES } from './entries.ts';
import { withFolder } from './folder.ts';
import { appender, openBenchLog, publishing } from './ledger-log.ts';
import { hundredths, type Options, type Section, timesOf } from './section.ts';

const SIZES = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
/** A log of this size or more is built once, and goes on growing while it is measured. */
const LARGE = 1_000_000;
const WRITERS = 64;
const ROUND_MS = 1_000;
const STARTS = 5;

type Grown = { readonly size: number; readonly startMs: number[]; readonly rounds: Round[] };

/** Measures the ledger with more and more entries already in it. Long: it writes some 6 GB. */
export function benchGrowth({ isQuick, isLong }: Options): Promise<readonly Section[]> {
  if (!isLong && !isQuick) return Promise.resolve([]);
  const sizes = isQuick ? SIZES.slice(0, 2) : SIZES;
  const rounds = isQuick ? 1 : 3;
  return withFolder(async (folder) => {
    const all = sizes.map((size): Grown => ({ size, startMs: [], rounds: [] }));
    for (let round = 0; round < rounds; round += 1) {
      for (const grown of all) await measure(join(folder, String(grown.size)), grown);
    }
    return [section(all)];
  });
}

async function measure(folder: string, { size, startMs, rounds }: Grown): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await grow(folder, size);
  const starts = await timesOf(STARTS, async () => (await openBenchLog(folder)).close());
  startMs.push(starts.median);
  const log = await openBenchLog(folder);
  const stopPublishing = publishing(log);
  rounds.push(await runFor({ writers: WRITERS, call: appender(log).append }, ROUND_MS));
  await stopPublishing();
  await log.close();
  if (size < LARGE) rmSync(folder, { recursive: true });
}

/** Appends until the log has at least so many entries. */
async function grow(folder: string, size: number): Promise<void> {
  const log = await openBenchLog(folder);
  const { append } = appender(log);
  for (let left = size - log.status().nextIndex; left > 0; left -= 4_096) {
    await Promise.all(Array.from({ length: Math.min(left, 4_096) }, append));
  }
  await log.close();
}

function section(all: readonly Grown[]): Section {
  return {
    title: 'The ledger as it grows',
    says: [
      `Entries of ${ENTRY_BYTES} bytes at ${WRITERS} writers in a log that has as many already,`,
      'and how long opening and closing it takes, its tree being checked against the stored root.',
      'A round is of one second; rounds alternate between the sizes, smaller logs being built anew',
      'for each.',
    ].join('\n'),
    head: ['entries before', 'a second', 'p50 ms', 'p99 ms', 'opening, ms'],
    rows: all.map(({ size, startMs, rounds }) => [
      count(size),
      whole(spreadOf(rounds.map(({ perSecond }) => perSecond))),
      hundredths(spreadOf(rounds.map(({ p50Ms }) => p50Ms))),
      hundredths(spreadOf(rounds.map(({ p99Ms }) => p99Ms))),
      tenths(spreadOf(startMs)),
    ]),
  };
}
