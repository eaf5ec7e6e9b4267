import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { digestOf, replaceText, RewireRefused, writeWhole } from './governed-files.ts';
import { hooksIn } from './hook-edits.ts';
import { codeOf, readWhole } from './read-file.ts';
import { blindnessOf } from './read-hooks.ts';

/** What is remembered of a file that hooks were put in. `original` is null: it was not there. */
type HookRecord = {
  readonly v: 1;
  readonly path: string;
  readonly original: string | null;
  /** SHA-256 of the file as it was left. */
  readonly after: string;
  /** Whose hooks were put in. */
  readonly client?: string | undefined;
  readonly agent?: string | undefined;
};

/** A file that our hooks were put in and that does not ask them about every call any more. */
export type UnhookedFile = {
  readonly path: string;
  readonly client: string | null;
  readonly agent: string | null;
};

/**
 * The files that hooks were put in, with a copy of each as it was, kept in the data directory for
 * this user alone.
 */
export class HookRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = join(folder, 'hooked');
  }

  /**
   * Puts a text in a file, after its copy is kept. `read` is what the file holds, null where it is
   * not there. Errors: `RewireRefused`.
   */
  install(path: string, read: string | null, text: string): void {
    const known = this.#of(path);
    const isUnbroken = known !== null && read !== null && known.after === digestOf(read);
    const original = isUnbroken ? known.original : read;
    const [hook] = hooksIn(text);
    const whose = { client: hook?.client, agent: hook?.attested.agent };
    const record: HookRecord = { v: 1, path, original, after: digestOf(text), ...whose };
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeWhole(this.#placeOf(path), `${JSON.stringify(record, null, 2)}\n`, 0o600);
    if (read === null) createText(path, text);
    else replaceText(path, read, text);
  }

  /**
   * Takes hooks out of a file again: byte for byte as it was where nobody changed it since, else
   * with the text that is given. Returns whether it is as it was. Errors: `RewireRefused`.
   */
  remove(path: string, read: string, otherwise: string): boolean {
    const known = this.#of(path);
    const isUntouched = known !== null && known.after === digestOf(read);
    if (isUntouched && known.original === null) rmSync(path);
    else replaceText(path, read, isUntouched ? (known.original ?? '') : otherwise);
    rmSync(this.#placeOf(path), { force: true });
    return isUntouched;
  }

  /** The files whose hooks somebody else took out, or switched off. */
  unhooked(): readonly UnhookedFile[] {
    const names = existsSync(this.#folder) ? readdirSync(this.#folder) : [];
    return names.sort().flatMap((name): readonly UnhookedFile[] => {
      const known = name.endsWith('.json') ? recordIn(join(this.#folder, name)) : null;
      if (known === null) return [];
      const { path, client = null, agent = null } = known;
      // With its project a file goes around nothing.
      if (!existsSync(dirname(dirname(path)))) return [];
      const text = readWhole(path);
      const isAsked =
        typeof text === 'string' && hooksIn(text).length > 0 && blindnessOf(text) === null;
      return isAsked ? [] : [{ path, client, agent }];
    });
  }

  /** Forgets a file that somebody else took our hooks out of. */
  forget(path: string): void {
    rmSync(this.#placeOf(path), { force: true });
  }

  /** Where the copy of a file stands. */
  copyOf(path: string): string {
    return this.#placeOf(path);
  }

  #of(path: string): HookRecord | null {
    return recordIn(this.#placeOf(path));
  }

  #placeOf(path: string): string {
    return join(this.#folder, `${digestOf(path).slice(0, 32)}.json`);
  }
}

function createText(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeWhole(path, text, 0o644);
  } catch (cause) {
    const why = `cannot be made (${codeOf(cause)}): is its folder one, and yours to write?`;
    throw new RewireRefused(`${path}: ${why}`, { cause });
  }
}

function recordIn(place: string): HookRecord | null {
  try {
    // Only `install` writes what stands there; another version is not read.
    const value = JSON.parse(readFileSync(place, 'utf8')) as Partial<HookRecord>;
    // As above: whoever can write there can put back any text anyway.
    return value.v === 1 ? (value as HookRecord) : null;
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || cause instanceof SyntaxError) return null;
    throw cause;
  }
}
