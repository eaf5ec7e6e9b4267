import type { Sequencer } from '../ledger/sequencer.ts';
import { eventRow } from '../store/event-row.ts';
import type { EventRow } from '../store/models.ts';
import { readEntry } from '../store/read-entry.ts';

/** The part of the log that is watched. */
export type WatchedLog = Pick<Sequencer, 'read' | 'status' | 'onDurable'>;

const MOST_KEPT = 16_384;
const BATCH = 1_024;

/**
 * The newest rows of the log, read once for everybody who watches. Nothing is read or kept while
 * nobody does.
 */
export class LiveRows {
  readonly #log: WatchedLog;
  readonly #clock: () => number;
  #rows: EventRow[] = [];
  /** The index of the first row that is kept. */
  #from = 0;
  #lastAt: number | null = null;

  constructor(log: WatchedLog, clock: () => number) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Returns the index after the last row that is kept. */
  get end(): number {
    return this.#from + this.#rows.length;
  }

  /** Forgets everything, and begins again at what is durable now. */
  begin(): void {
    this.#rows = [];
    this.#from = this.#log.status().durableSize;
    this.#lastAt = null;
  }

  /** Reads what became durable since. */
  async advance(): Promise<void> {
    for (;;) {
      const from = this.end;
      const entries = await this.#log.read(from, BATCH);
      // Everybody left meanwhile, and somebody came: it was begun again.
      if (this.end !== from) return;
      for (const row of this.#rowsOf(from, entries)) this.#rows.push(row);
      const surplus = this.#rows.length - MOST_KEPT;
      if (surplus > 0) {
        this.#rows.splice(0, surplus);
        this.#from += surplus;
      }
      if (entries.length < BATCH) return;
    }
  }

  /** Returns at most so many rows from an index on: from memory, or else from the log. */
  async page(from: number, limit: number): Promise<readonly EventRow[]> {
    if (from >= this.#from) return this.#rows.slice(from - this.#from, from - this.#from + limit);
    return this.#rowsOf(from, await this.#log.read(from, limit));
  }

  #rowsOf(from: number, entries: readonly Uint8Array[]): readonly EventRow[] {
    return entries.map((bytes, offset) => {
      const read = readEntry(bytes);
      // What has no time of its own has that of the entry before, as far as it was read.
      this.#lastAt = read.at ?? this.#lastAt ?? this.#clock();
      return eventRow(read, { index: from + offset, at: this.#lastAt });
    });
  }
}
