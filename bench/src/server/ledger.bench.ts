import { join } from 'node:path';

import { count } from '../cells.ts';
import { BareSegment } from './bare-segment.ts';
import { type Load, runFor } from './closed-loop.ts';
import { contest } from './contest.ts';
import { ENTRY_BYTES, entryMaker } from './entries.ts';
import { withFolder } from './folder.ts';
import { appender, openBenchLog, publishing } from './ledger-log.ts';
import { type Options, type Section, STANDING_HEAD, standingCells } from './section.ts';

const WRITERS = [1, 64, 1_024];

/** Measures the ledger alone beside a bare file with group commit, over the same bytes. */
export function benchLedger({ isQuick }: Options): Promise<readonly Section[]> {
  const roundMs = isQuick ? 200 : 2_000;
  const rounds = isQuick ? 1 : 5;
  return withFolder(async (folder) => {
    const bare = await BareSegment.open(join(folder, 'bare-segment'));
    const log = await openBenchLog(folder);
    const stopPublishing = publishing(log);
    const makeEntry = entryMaker();
    const { append, refusals } = appender(log);
    const rows: (readonly string[])[] = [];
    for (const writers of WRITERS) {
      const run = (call: Load['call']) => () => runFor({ writers, call }, roundMs);
      const standings = await contest(
        [
          { name: 'bare segment file', round: run(() => bare.append(makeEntry())) },
          { name: 'the ledger', round: run(append) },
        ],
        rounds,
      );
      for (const standing of standings) {
        rows.push([count(writers), standing.name, ...standingCells(standing)]);
      }
    }
    await stopPublishing();
    await log.close();
    await bare.close();
    return [section(rows, refusals())];
  });
}

function section(rows: Section['rows'], refusals: number): Section {
  return {
    title: 'The ledger alone',
    says: [
      `Durable entries of ${ENTRY_BYTES} bytes. The ledger hashes every entry, keeps the tree,`,
      'writes tiles and bundles and publishes a signed checkpoint every second, all inside the',
      `measured time. ${count(refusals)} appends were refused for the moment, because tiles were`,
      'too far behind, and made again after 5 ms.',
    ].join('\n'),
    head: ['writers', '', ...STANDING_HEAD],
    rows,
  };
}
