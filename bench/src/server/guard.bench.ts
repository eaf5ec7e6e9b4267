import { join } from 'node:path';

import { count } from '../cells.ts';
import { enforcementOf, openBenchGuard } from './bench-guard.ts';
import { BareSegment } from './bare-segment.ts';
import { Calls } from './calls.ts';
import { type Load, runFor } from './closed-loop.ts';
import { contest, type Standing } from './contest.ts';
import { entryMaker } from './entries.ts';
import { withFolder } from './folder.ts';
import { KernelAlone } from './kernel-alone.ts';
import { entryBytes, type MeanBytes } from './mean-bytes.ts';
import { type Options, type Section, STANDING_HEAD, standingCells } from './section.ts';

const WRITERS = [1, 64];
const AGENTS = Array.from({ length: 24 }, (_, index) => `workspace-${index}`);

/** What is asked, and how many entries it leaves. */
type Ask = Required<Pick<Load, 'call' | 'before'>> & {
  readonly name: string;
  readonly hasOutcome: boolean;
};

/** Measures intents and whole cycles of the guard beside the same bytes in a bare file. */
export function benchGuard({ isQuick }: Options): Promise<readonly Section[]> {
  const roundMs = isQuick ? 200 : 2_000;
  const rounds = isQuick ? 1 : 5;
  return withFolder(async (folder) => {
    const bare = await BareSegment.open(join(folder, 'bare-segment'));
    const opened = await openBenchGuard(folder, AGENTS);
    const calls = new Calls(enforcementOf(opened.guard), AGENTS);
    const asks: readonly Ask[] = [
      {
        name: 'cycle',
        before: calls.readyToCycle,
        call: (writer) => calls.cycle(writer),
        hasOutcome: true,
      },
      {
        name: 'intent',
        before: calls.readyToAsk,
        call: (writer) => calls.intent(writer),
        hasOutcome: false,
      },
    ];
    await runFor({ writers: 64, call: (writer) => calls.cycle(writer) }, 200);
    const bytes = await entryBytes(opened.log);
    const rows: (readonly string[])[] = [];
    for (const ask of asks) {
      for (const writers of WRITERS) {
        const run = (call: Load['call']) => () => runFor({ writers, call }, roundMs);
        const ours = async (): ReturnType<typeof runFor> => {
          const { before, call } = ask;
          const round = await runFor({ writers, call, before }, roundMs);
          await calls.land();
          return round;
        };
        const standings = await contest(
          [
            { name: 'the same bytes, bare segment file', round: run(bareCall(bare, bytes, ask)) },
            { name: 'the kernel alone, in memory', round: run(kernelCall(ask)) },
            { name: 'the guard', round: ours },
          ],
          rounds,
        );
        rows.push(...standings.map((standing) => rowOf(ask, writers, standing)));
      }
    }
    await opened.close();
    await bare.close();
    return [section(rows, bytes)];
  });
}

function rowOf(ask: Ask, writers: number, standing: Standing): readonly string[] {
  return [`${ask.name}, ${count(writers)}`, standing.name, ...standingCells(standing)];
}

function bareCall(bare: BareSegment, bytes: MeanBytes, { hasOutcome }: Ask): Load['call'] {
  const makeDecided = entryMaker(bytes.decided);
  const makeOutcome = entryMaker(bytes.outcome);
  return async () => {
    await bare.append(makeDecided());
    if (hasOutcome) await bare.append(makeOutcome());
  };
}

function kernelCall({ hasOutcome }: Ask): Load['call'] {
  const kernel = new KernelAlone();
  return () => {
    kernel.cycle(hasOutcome);
    return Promise.resolve();
  };
}

function section(rows: Section['rows'], bytes: MeanBytes): Section {
  return {
    title: 'The guard, in one program',
    says: [
      'An intent is decided, sealed and durable; a cycle is an intent, its permit redeemed, and',
      `its outcome, sealed and durable. On average an intent has ${count(bytes.decided)} bytes in`,
      `the log, an outcome ${count(bytes.outcome)}. A writer's session is closed after 32 actions;`,
      'opening and closing are inside the rate and outside the latency. The checkpoint is',
      'published every second.',
    ].join('\n'),
    head: ['what, writers', '', ...STANDING_HEAD],
    rows,
  };
}
