import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { codeOf } from './read-file.ts';
import type { Before } from './rewire.ts';

/** One server whose command line was put behind the gateway. */
export type GovernedServer = {
  readonly name: string;
  readonly project: string | null;
  readonly agent: string | null;
  readonly before: Before;
};

/** What is remembered of a file that was changed, so that it can be put back. */
export type GovernedFile = {
  readonly v: 1;
  readonly path: string;
  readonly client: string;
  readonly at: number;
  /** SHA-256 of the file as it was left. */
  readonly after: string;
  /** Whether the copy beside this record is what all the changes began with. */
  readonly isWhole: boolean;
  readonly servers: readonly GovernedServer[];
};

/** A file cannot be changed, or what was changed not be put back; the message says why. */
export class RewireRefused extends Error {}

/** Returns the SHA-256 of a text, in hex. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/**
 * What was changed in the clients' files, kept in the data directory: a record and a copy of each
 * file as it was, for this user alone. Copies may hold secrets.
 */
export class GovernedFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = join(folder, 'governed');
  }

  /** Every record, and what in the folder cannot be read. */
  list(): { readonly files: readonly GovernedFile[]; readonly unreadable: readonly string[] } {
    const files: GovernedFile[] = [];
    const unreadable: string[] = [];
    for (const name of namesIn(this.#folder)) {
      if (!name.endsWith('.json')) continue;
      const file = recordIn(join(this.#folder, name));
      if (file === null) unreadable.push(join(this.#folder, name));
      else files.push(file);
    }
    return { files, unreadable };
  }

  /** The record of one file, or null. */
  of(path: string): GovernedFile | null {
    return recordIn(this.#placeOf(path, 'json'));
  }

  /** The file as it was before all changes, or null where that is not known. */
  original(path: string): string | null {
    try {
      return readFileSync(this.#placeOf(path, 'original'), 'utf8');
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT') return null;
      throw cause;
    }
  }

  /** Where the copy of a file stands. */
  copyOf(path: string): string {
    return this.#placeOf(path, 'original');
  }

  /** Remembers a file before it is changed. `original` replaces the copy, null keeps it. */
  remember(file: GovernedFile, original: string | null): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    if (original !== null) {
      writeWhole(this.#placeOf(file.path, 'original'), original, 0o600);
    }
    const text = `${JSON.stringify(file, null, 2)}\n`;
    writeWhole(this.#placeOf(file.path, 'json'), text, 0o600);
  }

  /** Forgets a file that was put back. */
  forget(path: string): void {
    rmSync(this.#placeOf(path, 'json'), { force: true });
    rmSync(this.#placeOf(path, 'original'), { force: true });
  }

  #placeOf(path: string, kind: 'json' | 'original'): string {
    return join(this.#folder, `${digestOf(path).slice(0, 32)}.${kind}`);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return [];
    throw cause;
  }
}

function recordIn(path: string): GovernedFile | null {
  try {
    // Only `remember` writes what stands there; another version is not read.
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<GovernedFile>;
    const isRecord = value.v === 1 && Array.isArray(value.servers);
    // As above: whoever can write there can put back any text anyway.
    return isRecord ? (value as GovernedFile) : null;
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || cause instanceof SyntaxError) return null;
    throw cause;
  }
}

/**
 * Puts another text in a file that still holds the one that was read: as a whole, under the same
 * mode, and where a link leads rather than in its place.
 *
 * Errors: `RewireRefused`.
 */
export function replaceText(path: string, read: string, text: string): void {
  try {
    const target = realpathSync(path);
    const { mode } = statSync(target);
    if (readFileSync(target, 'utf8') !== read) {
      throw new RewireRefused(
        `${path}: changed while it was looked at; close the client and try again`,
      );
    }
    writeWhole(target, text, mode & 0o7777);
  } catch (cause) {
    if (cause instanceof RewireRefused) throw cause;
    throw new RewireRefused(`${path}: cannot be written (${codeOf(cause)})`, { cause });
  }
}

/** Writes a file as a whole, under a mode whatever the mask. */
export function writeWhole(path: string, text: string, mode: number): void {
  const beside = `${path}.${randomUUID()}.part`;
  try {
    writeFileSync(beside, text, { flag: 'wx', mode });
    chmodSync(beside, mode);
    renameSync(beside, path);
  } finally {
    rmSync(beside, { force: true });
  }
}
