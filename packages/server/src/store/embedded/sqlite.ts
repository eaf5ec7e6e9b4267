import { closeSync, openSync, statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { migrate, type Schema, schemaState } from './schema.ts';
import { StoreError, storeError } from './sqlite-error.ts';

/** How a database is opened. */
export type SqliteOptions = {
  readonly file: string;
  readonly schema: Schema;
  /** `write` makes the file when there is none, and brings its schema up to date. */
  readonly mode: 'write' | 'read';
  /** Whether a commit is durable at once, or only when the journal is next moved. */
  readonly isDurable: boolean;
  /** Overwrites with zeros whatever is deleted. */
  readonly isSecret: boolean;
  /** Checks that every page hangs together, before anything is written. Reads the whole file. */
  readonly isChecked: boolean;
  /** The most pages of 4,096 bytes it may have; null: as many as fit on the disk. */
  readonly maxPages: number | null;
  /** How much memory its pages may take, in KiB. */
  readonly cacheKib: number;
  /** At how many pages the journal is moved into the database. */
  readonly journalPages: number;
  /** How long a call waits for another connection; it blocks the thread meanwhile. */
  readonly waitMs: number;
  /** Is called before anything is written, where there is something to look at. */
  readonly inspect?: (database: Sqlite) => void;
};

/**
 * One connection to a SQLite database in WAL mode: every statement prepared once, every failure of
 * the outside world a `StoreError`.
 */
export class Sqlite {
  readonly file: string;
  readonly #database: DatabaseSync;
  readonly #statements: Map<string, StatementSync> = new Map();

  private constructor(file: string, database: DatabaseSync) {
    this.file = file;
    this.#database = database;
  }

  /** Opens a database. Errors: `StoreError`; nothing was changed then. */
  static open(options: SqliteOptions): Sqlite {
    const { file, mode } = options;
    try {
      const isMade = mode === 'write' && makeFile(file);
      if (!isMade && statSync(file).size === 0) {
        const advice = 'put a backup in its place, or remove it if it never held anything';
        throw new StoreError('damaged', `database \`${file}\` is an empty file: ${advice}`);
      }
      const database = new DatabaseSync(file, {
        readOnly: mode === 'read',
        timeout: options.waitMs,
      });
      const opened = new Sqlite(file, database);
      try {
        opened.#prepare(options);
        return opened;
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      throw fileError(file, error);
    }
  }

  /** Returns a statement, prepared the first time it is asked for. */
  statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Runs statements that are no part of the paths often taken. */
  exec(sql: string): void {
    this.attempt(() => this.#database.exec(sql));
  }

  /** Returns what work returned. Errors: `StoreError` for failures of the outside world. */
  attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError(this.file, error);
    }
  }

  /** Runs work in one transaction: committed when this returns, undone when it throws. */
  transaction<T>(work: () => T): T {
    return this.attempt(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const value = work();
        this.#database.exec('COMMIT');
        return value;
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /**
   * Moves everything from the journal into the database and empties the journal. Errors:
   * `StoreError` of fault `locked` while another connection reads what stands in the journal.
   */
  truncateJournal(): void {
    const row = this.attempt(() => this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get());
    if (row?.['busy'] === 0) return;
    const advice = 'stop the other programs that read it, and repeat';
    throw new StoreError('locked', `the journal of \`${this.file}\` is being read: ${advice}`);
  }

  close(): void {
    this.#statements.clear();
    this.attempt(() => {
      if (this.#database.isOpen) this.#database.close();
    });
  }

  #prepare(options: SqliteOptions): void {
    const { file, schema, mode } = options;
    const database = this.#database;
    database.exec(`PRAGMA synchronous = ${options.isDurable ? 'FULL' : 'NORMAL'}`);
    database.exec(`PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${options.cacheKib}`);
    if (options.isSecret) database.exec('PRAGMA secure_delete = ON');
    if (options.maxPages !== null) database.exec(`PRAGMA max_page_count = ${options.maxPages}`);
    const state = schemaState(file, database, schema);
    if (options.isChecked) this.#check();
    if (state === 'older' && mode === 'read') {
      const advice = 'start the daemon once, which brings it up to date';
      throw new StoreError('older-schema', `\`${file}\` was made by an older program: ${advice}`);
    }
    if (state !== 'empty') options.inspect?.(this);
    if (mode === 'read') return;
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(`PRAGMA wal_autocheckpoint = ${options.journalPages}`);
    migrate(database, schema);
  }

  #check(): void {
    const row = this.#database.prepare('PRAGMA quick_check(1)').get();
    if (row?.['quick_check'] === 'ok') return;
    const message = `database \`${this.file}\` is damaged: put a backup in its place`;
    throw new StoreError('damaged', message, row?.['quick_check']);
  }
}

/** Makes a file that its owner alone may read; SQLite would let the group read it too. */
function makeFile(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx', 0o600));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function fileError(file: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('syscall' in cause)) return storeError(file, cause);
  const advice = 'check its folder, owner and mode';
  return new StoreError('disk', `database \`${file}\` cannot be opened: ${advice}`, cause);
}
