import { rmSync } from 'node:fs';
import type {
  ActivityRow,
  DecisionRow,
  EventRow,
  Filter,
  GrantCount,
  GrantRow,
  Models,
  NameWanted,
  OpeningRow,
  Page,
  RoomFilter,
  SessionRow,
} from '../models.ts';
import { foldEntries, readProgress } from './models-fold.ts';
import { ModelsQuery } from './models-query.ts';
import { MODELS_SCHEMA } from './models-schema.ts';
import { readRoomOpenings } from './room-openings.ts';
import { Sqlite } from './sqlite.ts';
import { StoreError } from './sqlite-error.ts';

/** How the read models are opened. */
export type ModelsOptions = {
  readonly file: string;
  /** The most pages of 4,096 bytes they may have; as many as fit on the disk when left out. */
  readonly maxPages?: number;
};

// Each batch touches pages of every index: they stay in memory and are moved seldom.
const CACHE_KIB = 131_072;
const JOURNAL_PAGES = 16_384;
const WAIT_MS = 2_000;

/**
 * Opens the read models of one log on this thread, which their commits block; see
 * `models-worker.ts` for another thread. Made when they are not there, and made anew when their
 * schema is older or their file damaged. Errors: `StoreError`.
 */
export function openModels(options: ModelsOptions): Models {
  return new EmbeddedModels(options);
}

class EmbeddedModels implements Models {
  readonly #options: ModelsOptions;
  #sqlite: Sqlite;
  #query: ModelsQuery;

  constructor(options: ModelsOptions) {
    this.#options = options;
    this.#sqlite = openSound(options);
    this.#query = new ModelsQuery(this.#sqlite);
  }

  async nextIndex(): Promise<number> {
    return this.#guard(() => readProgress(this.#sqlite).nextIndex);
  }

  async fold(from: number, entries: readonly Uint8Array[]): Promise<void> {
    this.#guard(() =>
      this.#sqlite.transaction(() => {
        const progress = readProgress(this.#sqlite);
        const { nextIndex } = progress;
        if (from > nextIndex) throw new Error(`bug: entry ${nextIndex} is next, not ${from}`);
        const rest = entries.slice(nextIndex - from);
        if (rest.length > 0) foldEntries(this.#sqlite, progress, rest);
      }),
    );
  }

  async sessions(filter: Filter): Promise<Page<SessionRow>> {
    return this.#guard(() => this.#query.sessions(filter));
  }

  async decisions(filter: Filter): Promise<Page<DecisionRow>> {
    return this.#guard(() => this.#query.decisions(filter));
  }

  async decision(id: string): Promise<DecisionRow | undefined> {
    return this.#guard(() => this.#query.decision(id));
  }

  async whereDecided(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#guard(() => this.#query.whereDecided(ids));
  }

  async events(filter: Filter): Promise<Page<EventRow>> {
    return this.#guard(() => this.#query.events(filter));
  }

  async nameLike(wanted: NameWanted): Promise<string | undefined> {
    return this.#guard(() => this.#query.nameLike(wanted));
  }

  async activity(sinceAt: number): Promise<readonly ActivityRow[]> {
    return this.#guard(() => this.#query.activity(sinceAt));
  }

  async roomOpenings(of: RoomFilter): Promise<Page<OpeningRow>> {
    return this.#guard(() => readRoomOpenings(this.#sqlite, of));
  }

  async grants(filter: Filter): Promise<Page<GrantRow>> {
    return this.#guard(() => this.#query.grants(filter));
  }

  async grantCounts(filter: Filter): Promise<readonly GrantCount[]> {
    return this.#guard(() => this.#query.grantCounts(filter));
  }

  async drop(): Promise<void> {
    this.#makeAnew();
  }

  async close(): Promise<void> {
    this.#sqlite.close();
  }

  /** Returns what work returned; damage that it meets makes the store anew before it is thrown. */
  #guard<T>(work: () => T): T {
    try {
      return this.#sqlite.attempt(work);
    } catch (error) {
      if (error instanceof StoreError && error.fault === 'damaged') this.#makeAnew();
      throw error;
    }
  }

  #makeAnew(): void {
    this.#sqlite.close();
    removeFiles(this.#options.file);
    this.#sqlite = openSound(this.#options);
    this.#query = new ModelsQuery(this.#sqlite);
  }
}

/** Opens a database that can be used, made anew when what is there is old or damaged. */
function openSound(options: ModelsOptions): Sqlite {
  try {
    return open(options);
  } catch (error) {
    if (!(error instanceof StoreError) || error.fault !== 'damaged') throw error;
    removeFiles(options.file);
    return open(options);
  }
}

function open({ file, maxPages }: ModelsOptions): Sqlite {
  return Sqlite.open({
    file,
    schema: MODELS_SCHEMA,
    mode: 'write',
    // A commit lost with the power is folded again.
    isDurable: false,
    isSecret: false,
    isChecked: false,
    cacheKib: CACHE_KIB,
    journalPages: JOURNAL_PAGES,
    maxPages: maxPages ?? null,
    waitMs: WAIT_MS,
  });
}

function removeFiles(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
}
