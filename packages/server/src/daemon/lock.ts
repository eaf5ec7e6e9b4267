import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

import { type Places, StartRefused, whyRefused } from './places.ts';

/** Who holds a data directory, for people and clients. `url` is null with the socket alone. */
export type Holder = {
  readonly pid: number;
  readonly since: number;
  readonly url: string | null;
  readonly version: string;
};

/** The held data directory. */
export type Lock = {
  /** Writes down who holds it; a file of its own, because the lock itself cannot be read. */
  readonly say: (holder: Holder) => void;
  readonly release: () => void;
};

/**
 * Takes a data directory for this program alone. The operating system lets go of it when the
 * program ends, however it ends.
 *
 * Errors: `StartRefused` with who holds it, or why the lock cannot be made.
 */
export function takeLock(places: Places): Lock {
  const database = openLock(places);
  return {
    say: (holder) => {
      // The journal of the lock is not written to: the lock is all it is for.
      writeFileSync(places.holder, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
    },
    release: () => database.close(),
  };
}

/** Returns whether some program holds a data directory now. */
export function isHeld(places: Places): boolean {
  try {
    takeLock(places).release();
    return false;
  } catch (cause) {
    if (cause instanceof LockHeld) return true;
    throw cause;
  }
}

/** Another program holds the data directory. */
export class LockHeld extends StartRefused {}

function openLock(places: Places): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(places.lock, { timeout: 0 });
    chmodSync(places.lock, 0o600);
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return database;
  } catch (cause) {
    database?.close();
    throw refusal(places, cause);
  }
}

const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_CANTOPEN = 14;

function refusal(places: Places, cause: unknown): StartRefused {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'errcode') : undefined;
  const primary = typeof code === 'number' ? code & 0xff : null;
  if (primary === SQLITE_BUSY) {
    const holder = readHolder(places);
    const who =
      holder === undefined
        ? ''
        : ` by pid ${holder.pid} since ${new Date(holder.since).toISOString()}`;
    return new LockHeld(
      `${places.folder}: is held${who}; one daemon serves a data directory, ` +
        '`plumb status` shows it and `plumb down` stops it',
      { cause },
    );
  }
  if (primary === SQLITE_READONLY || primary === SQLITE_CANTOPEN) {
    const where = `${places.lock}: cannot be opened for writing`;
    return new StartRefused(`${where}; is the folder read-only or another user's?`, { cause });
  }
  return new StartRefused(whyRefused(places.lock, cause), { cause });
}

/** Returns who said last to hold a data directory, or undefined. It may have ended since. */
export function readHolder(places: Places): Holder | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(places.holder, 'utf8'));
    return isHolder(read) ? read : undefined;
  } catch (cause) {
    // Missing, or half written by a program that was killed: nobody is known.
    if (cause instanceof Error) return undefined;
    throw cause;
  }
}

function isHolder(read: unknown): read is Holder {
  if (typeof read !== 'object' || read === null) return false;
  const url: unknown = Reflect.get(read, 'url');
  return (
    typeof Reflect.get(read, 'pid') === 'number' &&
    typeof Reflect.get(read, 'since') === 'number' &&
    typeof Reflect.get(read, 'version') === 'string' &&
    (url === null || typeof url === 'string')
  );
}
