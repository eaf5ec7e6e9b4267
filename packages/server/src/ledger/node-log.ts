import {
  type Checkpoint,
  equalBytes,
  Frontier,
  leafHash,
  readCheckpoint,
  type Signer,
  TILE_WIDTH,
} from '@plumbline/ledger';

import type { Disk } from '../disk/disk.ts';
import { continuesAfter } from './continues-after.ts';
import { loadEdge } from './edge.ts';
import { EntryReader } from './entry-reader.ts';
import { logNumber, rolledFolder } from './layout.ts';
import type { Log } from './log.ts';
import type { LogOptions } from './log-options.ts';
import { type Opened, opened } from './log-refused.ts';
import { openLog } from './open-log.ts';
import { primitives } from './primitives.ts';
import { nextLog } from './roll.ts';
import { type Appended, LedgerStopped, type LogStatus, type Submission } from './sequencer.ts';

/** Records the entry that ends a log, or the one that begins the next, in the turn it is called. */
export type RecordLink = (kind: 'rolled' | 'continues', of: Checkpoint) => Appended;

/**
 * Everything a node ever wrote down, as one sequence: the log that is written, and those it
 * continues. Indexes and sizes count on from log to log; an entry's place in its own log is its
 * index less the log's `start`.
 *
 * Contract, beside that of `Sequencer`:
 * - While the log is rolled over, `append` takes entries and keeps them for the log that follows,
 *   up to the bound of the queue; they are durable once they are durable there. What is read or
 *   published meanwhile waits.
 * - When rolling over fails, the log stops, and nothing of what was kept was told to anybody.
 */
export type NodeLog = Omit<Log, 'roll'> & {
  /** Rolls the log over. Resolves with the name and start of the log that follows. */
  readonly roll: (record: RecordLink) => Promise<CurrentLog>;
  /** The log that is written, once none is being rolled over. */
  readonly current: () => Promise<CurrentLog>;
  /** How many entries stand in the logs before the one that is written. */
  readonly start: () => number;
  /** How many entries the log that is written holds, those on their way included. */
  readonly currentSize: () => number;
};

/** The log that is written, and how many entries stand in those before it. */
export type CurrentLog = { readonly log: Log; readonly start: number };

/** Opens the log of a data directory with those that it continues. Errors: as `openLog`. */
export async function openNodeLog(
  options: Omit<LogOptions, 'continues'>,
): Promise<Opened<NodeLog>> {
  const { disk, origin } = options;
  const continues: LogOptions['continues'] = (before) => continuesAfter(disk, origin, before);
  const log = await openLog({ ...options, continues });
  if (!log.ok) return log;
  try {
    const { value } = log;
    const earlier = await earlierLogs(disk, logNumber(origin, value.status().origin) ?? 0);
    const frontier = await frontierOf(disk, value);
    return opened(new RollingLog(options, { log: value, earlier, frontier }));
  } catch (error) {
    await log.value.close();
    throw error;
  }
}

/** A log that was rolled over. */
type Earlier = { readonly start: number; readonly size: number; readonly entries: EntryReader };

async function earlierLogs(disk: Disk, count: number): Promise<readonly Earlier[]> {
  const found: Earlier[] = [];
  let start = 0;
  for (let number = 0; number < count; number += 1) {
    const folder = rolledFolder(number);
    const bytes = await disk.read(`${folder}/checkpoint`);
    const read = bytes === undefined ? undefined : readCheckpoint(bytes);
    if (read?.ok !== true) {
      const message = `\`${folder}/checkpoint\` is missing or damaged: put it back from a copy`;
      throw new LedgerStopped('disk', message);
    }
    const { size } = read.value.checkpoint;
    found.push({ start, size, entries: new EntryReader(disk, { folder, size }) });
    start += size;
  }
  return found;
}

/** Everything that stands in a log that was just opened is published. */
async function frontierOf(disk: Disk, log: Log): Promise<Frontier> {
  const read = readCheckpoint(Buffer.from(log.checkpoint(), 'utf8'));
  if (!read.ok) throw new Error(`bug: the log's own checkpoint: ${read.error.message}`);
  const { size, root } = read.value.checkpoint;
  const edge = await loadEdge(disk, { size, root });
  const given = { sha256: primitives.sha256, takeFullTile: () => undefined };
  const frontier = edge.ok ? Frontier.resume(given, size, edge.value.tiles) : undefined;
  if (frontier === undefined || log.status().nextIndex !== size) {
    throw new LedgerStopped('disk', 'the log changed while it was opened: start the daemon again');
  }
  return frontier;
}

type Kept = {
  readonly submission: Submission;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
};

type Parts = {
  readonly log: Log;
  readonly earlier: readonly Earlier[];
  readonly frontier: Frontier;
};

class RollingLog implements NodeLog {
  readonly #options: Omit<LogOptions, 'continues'>;
  readonly #listeners = new Set<(durableSize: number) => void>();
  #log: Log;
  #earlier: readonly Earlier[];
  #start: number;
  // INVARIANT: over every leaf that was appended to the current log, so that its root is known in
  // the very turn in which it ends.
  #frontier: Frontier;
  /** What waits for the log that follows; null while none is awaited. */
  #kept: Kept[] | null = null;
  #keptBytes = 0;
  #rolling: Promise<void> = Promise.resolve();
  #failure: LedgerStopped | null = null;

  constructor(options: Omit<LogOptions, 'continues'>, { log, earlier, frontier }: Parts) {
    this.#options = options;
    this.#log = log;
    this.#earlier = earlier;
    this.#frontier = frontier;
    this.#start = endOf(earlier);
    this.#listen();
  }

  append(submission: Submission): Appended {
    if (this.#failure !== null) throw this.#failure;
    if (this.#kept !== null) return this.#keep(this.#kept, submission);
    const { index, durable } = this.#log.append(submission);
    this.#frontier.append(submission.leaf);
    return { index: this.#start + index, durable };
  }

  status(): LogStatus {
    const status = this.#log.status();
    const isRolling = this.#kept !== null;
    return {
      ...status,
      nextIndex: this.#start + (isRolling ? this.#frontier.size : status.nextIndex),
      durableSize: this.start() + status.durableSize,
      publishedSize: this.start() + status.publishedSize,
      stopped: this.#failure?.message ?? (isRolling ? null : status.stopped),
    };
  }

  async read(from: number, limit: number): Promise<readonly Uint8Array[]> {
    await this.#rolling;
    // Half rolled over, neither log can be read: the next start tells where it stands.
    if (this.#kept !== null && this.#failure !== null) throw this.#failure;
    const found: Uint8Array[] = [];
    for (const { start, size, entries } of this.#earlier) {
      while (from + found.length < start + size && found.length < limit) {
        const at = from + found.length - start;
        if (at < 0) break;
        const bundle = await entries.bundle(Math.floor(at / TILE_WIDTH));
        found.push(...bundle.slice(at % TILE_WIDTH, (at % TILE_WIDTH) + limit - found.length));
      }
    }
    const rest = limit - found.length;
    if (rest === 0) return found;
    return [...found, ...(await this.#log.read(from + found.length - this.#start, rest))];
  }

  async blob(digest: string): Promise<Uint8Array | undefined> {
    await this.#rolling;
    return this.#log.blob(digest);
  }

  checkpoint(): string {
    return this.#log.checkpoint();
  }

  async publish(): Promise<void> {
    await this.#rolling;
    return this.#log.publish();
  }

  onDurable(listener: (durableSize: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    await this.#rolling;
    await this.#log.close();
    this.#failure ??= new LedgerStopped('closed', 'the log is closed: start the daemon again');
  }

  witnesses(): ReturnType<Log['witnesses']> {
    return this.#log.witnesses();
  }

  key(): ReturnType<Log['key']> {
    return this.#log.key();
  }

  async rotate(successor: Signer): Promise<number> {
    await this.#rolling;
    const index = await this.#log.rotate(successor);
    const [bytes] = await this.#log.read(index, 1);
    if (bytes === undefined || this.#frontier.size !== index) {
      throw new Error('bug: nothing is written while the log is handed over');
    }
    this.#frontier.append(leafHash(primitives.sha256, bytes));
    return this.#start + index;
  }

  async stamp(): ReturnType<Log['stamp']> {
    await this.#rolling;
    return this.#log.stamp();
  }

  async current(): Promise<CurrentLog> {
    await this.#rolling;
    return { log: this.#log, start: this.#start };
  }

  start(): number {
    return endOf(this.#earlier);
  }

  currentSize(): number {
    return this.#frontier.size;
  }

  async roll(record: RecordLink): Promise<CurrentLog> {
    if (this.#kept !== null) {
      await this.#rolling;
      return this.current();
    }
    if (this.#failure !== null) throw this.#failure;
    const { stopped, origin } = this.#log.status();
    if (stopped !== null) throw new LedgerStopped('closed', stopped);
    // In one turn: what ends the log, its root with that, what begins the next; all that follows
    // belongs to the next.
    this.#kept = [];
    this.#keptBytes = 0;
    const next = nextLog(this.#options.origin, origin);
    try {
      record('rolled', next);
    } catch (error) {
      this.#kept = null;
      throw error;
    }
    const [last] = this.#kept.splice(0);
    if (last === undefined) throw new Error('bug: the last entry of the log was recorded');
    const before = { origin, size: this.#frontier.size, root: this.#frontier.root() };
    this.#start += this.#frontier.size;
    this.#frontier = new Frontier(primitives.sha256, () => undefined);
    record('continues', before);
    const rolled = this.#goOver(last, before);
    this.#rolling = rolled.catch(() => undefined);
    await rolled;
    return { log: this.#log, start: this.#start };
  }

  #keep(kept: Kept[], submission: Submission): Appended {
    const { entries, bytes } = this.#options.queue;
    if (kept.length >= entries || this.#keptBytes >= bytes) {
      throw new LedgerStopped('backlog', 'the log is being rolled over: try again shortly');
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Whoever waits for it is told; nobody has to.
    promise.catch(() => undefined);
    kept.push({ submission, resolve, reject });
    this.#keptBytes += submission.bytes.length;
    const index = this.#start + this.#frontier.size;
    this.#frontier.append(submission.leaf);
    return { index, durable: promise };
  }

  async #goOver(last: Kept, before: Checkpoint): Promise<void> {
    const kept = this.#kept ?? [];
    const [first] = kept;
    if (first === undefined) throw new Error('bug: the first entry of the log was recorded');
    try {
      await this.#log.roll(() => last.submission);
      last.resolve();
      const log = await this.#openNext(first.submission, before);
      first.resolve();
      this.#takeUp(log, kept);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const message = `rolling the log over failed: ${why}; start the daemon again`;
      this.#failure = new LedgerStopped('disk', message, cause);
      for (const { reject } of [last, ...kept]) reject(this.#failure);
      throw this.#failure;
    }
  }

  async #openNext(first: Submission, before: Checkpoint): Promise<Log> {
    const continues: LogOptions['continues'] = ({ origin, size, root }) => {
      if (origin === before.origin && size === before.size && equalBytes(root, before.root)) {
        return first;
      }
      throw new LedgerStopped('disk', `\`${origin}\` ended otherwise than it was written`);
    };
    const next = await openLog({ ...this.#options, continues });
    if (!next.ok) throw new LedgerStopped('disk', next.error.message);
    return next.value;
  }

  /** In one turn: nothing comes between what was kept and what follows. */
  #takeUp(log: Log, kept: readonly Kept[]): void {
    const { disk, origin } = this.#options;
    const start = this.start();
    const folder = rolledFolder((logNumber(origin, log.status().origin) ?? 1) - 1);
    const size = this.#start - start;
    const entries = new EntryReader(disk, { folder, size });
    this.#earlier = [...this.#earlier, { start, size, entries }];
    this.#log = log;
    this.#kept = null;
    this.#listen();
    for (const { submission, resolve, reject } of kept.slice(1)) {
      log.append(submission).durable.then(resolve, reject);
    }
    this.#tell(this.#start + log.status().durableSize);
  }

  #listen(): void {
    const start = this.#start;
    this.#log.onDurable((durableSize) => this.#tell(start + durableSize));
  }

  #tell(durableSize: number): void {
    for (const listener of this.#listeners) listener(durableSize);
  }
}

function endOf(earlier: readonly Earlier[]): number {
  const last = earlier.at(-1);
  return last === undefined ? 0 : last.start + last.size;
}
