import { parseEntry } from '@plumbline/core';
import { isHandover, readCheckpoint } from '@plumbline/ledger';

import { logNumber, rolledFolder } from '../ledger/layout.ts';
import type { NodeLog } from '../ledger/node-log.ts';
import { ROLLED_AT } from '../ledger/roll.ts';
import type { Models } from '../store/models.ts';

/** One log of the node. `rolledAt` is null for the one that is written; times are ms UTC. */
export type KeptLog = {
  readonly origin: string;
  /** How many entries stand in the logs before it. */
  readonly start: number;
  readonly entries: number;
  readonly firstAt: number | null;
  readonly rolledAt: number | null;
};

/** What is kept, how much of it there is, and what bounds it. */
export type Kept = {
  readonly entries: number;
  readonly oldestAt: number | null;
  /** Oldest first, the last is the one that is written; at most the last hundred. */
  readonly logs: readonly KeptLog[];
  /** At which size the log is rolled over by itself; null: by a person alone. */
  readonly rollAtEntries: number | null;
  /** People whose data was erased: their entries stay, what was sealed in them is gone. */
  readonly erased: {
    readonly count: number;
    /** Whether there are more than are counted. */
    readonly isMore: boolean;
    readonly lastAt: number | null;
  };
  readonly disk: {
    readonly freeBytes: number | null;
    readonly warnBytes: number;
    readonly refuseBytes: number;
  };
};

/** What a node keeps. Nothing of it is ever dropped by itself. */
export type Retention = { readonly look: () => Promise<Kept> };

/** What is looked at. `base` is the name of the first log; `readFile` reads the data directory. */
export type RetentionNeeds = {
  readonly log: Pick<NodeLog, 'status' | 'start' | 'read'>;
  readonly base: string;
  readonly readFile: (path: string) => Promise<Uint8Array | undefined>;
  readonly models: Pick<Models, 'events'>;
  readonly caughtUp: () => Promise<void>;
  readonly rollAtEntries: number | null;
  readonly freeBytes: () => number | null;
  readonly bounds: { readonly warnBytes: number; readonly refuseBytes: number };
};

const MOST_LOGS = 100;
const MOST_ERASURES = 1_000;

/** Returns the service that says what is kept. */
export function makeRetention(needs: RetentionNeeds): Retention {
  return {
    look: async () => {
      const { log, rollAtEntries, freeBytes, bounds } = needs;
      const logs = await logsOf(needs);
      return {
        entries: log.status().durableSize,
        oldestAt: await timeAt(needs, 0),
        logs,
        rollAtEntries,
        erased: await erasedIn(needs),
        disk: {
          freeBytes: freeBytes(),
          warnBytes: bounds.warnBytes,
          refuseBytes: bounds.refuseBytes,
        },
      };
    },
  };
}

async function logsOf(needs: RetentionNeeds): Promise<readonly KeptLog[]> {
  const { log, base } = needs;
  const { origin, durableSize } = log.status();
  const count = logNumber(base, origin) ?? 0;
  const logs: KeptLog[] = [];
  let start = log.start();
  const current = { origin, start, entries: durableSize - start, rolledAt: null };
  logs.push({ ...current, firstAt: await timeAt(needs, start) });
  for (let number = count - 1; number >= 0 && logs.length < MOST_LOGS; number -= 1) {
    const rolled = await rolledLog(needs, number, start);
    if (rolled === null) break;
    logs.push(rolled);
    start = rolled.start;
  }
  return logs.reverse();
}

/** One that was rolled over, whose entries end where the next begins; null: its files are gone. */
async function rolledLog(
  needs: RetentionNeeds,
  number: number,
  end: number,
): Promise<KeptLog | null> {
  const folder = rolledFolder(number);
  const bytes = await needs.readFile(`${folder}/checkpoint`);
  const read = bytes === undefined ? undefined : readCheckpoint(bytes);
  if (read?.ok !== true) return null;
  const { origin, size } = read.value.checkpoint;
  const start = end - size;
  const rolled = await needs.readFile(`${folder}/${ROLLED_AT}`);
  const at = /^(\d{1,16})\n$/.exec(Buffer.from(rolled ?? []).toString('utf8'))?.[1];
  return {
    origin,
    start,
    entries: size,
    firstAt: await timeAt(needs, start),
    rolledAt: at === undefined ? null : Number(at),
  };
}

/** When an entry was written; a hand-over of keys says no time. */
async function timeAt({ log }: RetentionNeeds, index: number): Promise<number | null> {
  for (const bytes of await log.read(index, 2)) {
    const read = isHandover(bytes) ? undefined : parseEntry(bytes);
    if (read?.ok === true) return read.value.at;
  }
  return null;
}

async function erasedIn({ models, caughtUp }: RetentionNeeds): Promise<Kept['erased']> {
  await caughtUp();
  const { rows, next } = await models.events({ kind: 'erasure', limit: MOST_ERASURES });
  return { count: rows.length, isMore: next !== null, lastAt: rows[0]?.at ?? null };
}
