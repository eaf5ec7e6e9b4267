import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LogSource, Signer } from '@plumbline/ledger';

import { primitives, signerOf } from '../ledger/primitives.ts';
import { loadRootKey } from '../seal/root-key.ts';
import { openVaultReadOnly } from '../store/embedded/vault.ts';
import type { VaultReader } from '../store/vault.ts';
import { OfflineError } from './offline-error.ts';
import { readPack } from './pack-files.ts';
import { servedSource } from './served-source.ts';

/** Where a record is read from, and what opens it. */
export type Where = {
  /** A data directory, the folder of a log, the folder of an evidence pack, or a URL. */
  readonly place: string;
  /** The file of the root key, to open what is sealed with the vault of a data directory. */
  readonly rootKeyFile: string | null;
  /** The root key itself, for whoever has it already; absent: it is read from its file. */
  readonly rootKey?: Uint8Array;
  /** Openings by the index of their entry, beside those of a pack. */
  readonly openings: ReadonlyMap<number, Uint8Array>;
};

/**
 * A record as it can be read by anybody who has its files: nothing is locked, written or asked of
 * a daemon, which may run meanwhile.
 */
export type OfflineRecord = {
  readonly place: string;
  /** What it was opened with, so that another thread can open it too. */
  readonly where: Where;
  /** The log that is written, or the one that is shown. */
  readonly source: LogSource;
  /** The numbers of the logs before it that are at hand, oldest first. */
  readonly rolled: readonly number[];
  /** Returns the files of a rolled log. */
  readonly rolledSource: (number: number) => LogSource;
  /** Returns the sizes that have a time-stamp; for a URL, which lists nothing, the one asked. */
  readonly stampedSizes: (size: number) => readonly number[];
  /** The folder of an evidence pack, or null: a whole log. */
  readonly packFolder: string | null;
  /** Whether there is a vault that opens what is sealed. */
  readonly hasVault: boolean;
  /** Returns the bytes of a blob whose digest they have, or undefined. */
  readonly blob: (digest: string) => Promise<Uint8Array | undefined>;
  /** Returns the key of a subject, or undefined without a vault or after its erasure. */
  readonly subjectKey: (subject: string) => Promise<Uint8Array | undefined>;
  readonly opening: (index: number) => Uint8Array | undefined;
  /** Returns the signers of every key the log had, oldest first; none without a vault. */
  readonly signers: (origin: string) => Promise<readonly Signer[]>;
  readonly close: () => Promise<void>;
};

/** The name under which the vault holds the log's signing keys, 32 bytes each, oldest first. */
export const LOG_KEY_SECRET = 'log-key';

const SEED_BYTES = 32;

/** Opens a record for reading. Errors: `OfflineError`. */
export function openOffline(where: Where): OfflineRecord {
  const { place } = where;
  if (/^https?:\/\//.test(place)) return fromSource(where, servedSource(place));
  if (!isFolder(place)) throw new OfflineError(place, whyNoFolder(place));
  if (existsSync(join(place, 'manifest.json'))) return fromPack(where);
  if (existsSync(join(place, 'checkpoint'))) {
    return fromFolder(where, place);
  }
  const log = join(place, 'log');
  if (!existsSync(join(log, 'checkpoint'))) {
    const hint = 'name a data directory, the folder of a log or an evidence pack';
    throw new OfflineError(place, `holds no log, no \`checkpoint\` is there; ${hint}`);
  }
  return withVault(fromFolder(where, log), where);
}

/** Reads files below a folder; what is not there or cannot be read is undefined. */
export function folderSource(folder: string): LogSource {
  return {
    read: (path) => {
      try {
        return readFileSync(join(folder, path));
      } catch (cause) {
        if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined;
        throw new OfflineError(join(folder, path), `cannot be read (${codeOf(cause)})`, cause);
      }
    },
  };
}

function fromSource(where: Where, source: LogSource): OfflineRecord {
  const { place, openings } = where;
  return {
    place,
    where,
    source,
    rolled: [],
    rolledSource: (number) => {
      throw new Error(`bug: there is no rolled log ${number}`);
    },
    stampedSizes: (size) => [size],
    packFolder: null,
    hasVault: false,
    blob: async (digest) => checkedBlob(digest, await source.read(blobPath(digest))),
    subjectKey: () => Promise.resolve(undefined),
    opening: (index) => openings.get(index),
    signers: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}

/** A log in a folder, with those that were rolled over before it. */
function fromFolder(where: Where, folder: string): OfflineRecord {
  const record = fromSource(where, folderSource(folder));
  const rolledSource = (number: number): LogSource => {
    return folderSource(join(folder, 'rolled', String(number)));
  };
  const rolled = numbersIn(join(folder, 'rolled'), /^(\d{1,9})$/);
  const sources = [record.source, ...rolled.toReversed().map(rolledSource)];
  return {
    ...record,
    rolled,
    rolledSource,
    stampedSizes: () => numbersIn(join(folder, 'timestamps'), /^(\d{1,15})\.tsr$/),
    blob: async (digest) => {
      for (const source of sources) {
        const blob = checkedBlob(digest, await source.read(blobPath(digest)));
        if (blob !== undefined) return blob;
      }
      return undefined;
    },
  };
}

/** Returns the numbers that names in a folder are, ascending; none where there is no folder. */
function numbersIn(folder: string, pattern: RegExp): readonly number[] {
  if (!isFolder(folder)) return [];
  const names = readdirSync(folder).flatMap((name) => pattern.exec(name)?.[1] ?? []);
  return names.map(Number).sort((one, other) => one - other);
}

function fromPack(where: Where): OfflineRecord {
  const { place, openings } = where;
  const pack = packIn(place);
  const all = new Map([...pack.openings, ...openings]);
  return { ...fromSource({ ...where, openings: all }, folderSource(place)), packFolder: place };
}

function packIn(place: string): ReturnType<typeof readPack> {
  try {
    return readPack(place);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OfflineError(place, `${why}; ask for the pack again`, cause);
  }
}

function withVault(record: OfflineRecord, where: Where): OfflineRecord {
  const file = join(where.place, 'vault.db');
  const vault = existsSync(file) ? openReader(file, where) : undefined;
  if (vault === undefined) return record;
  return {
    ...record,
    hasVault: true,
    subjectKey: (subject) => vault.subjectKey(subject),
    signers: async (origin) => {
      const seeds = (await vault.secret(LOG_KEY_SECRET)) ?? new Uint8Array();
      return Array.from({ length: seeds.length / SEED_BYTES }, (_, at) =>
        signerOf(origin, seeds.slice(at * SEED_BYTES, (at + 1) * SEED_BYTES)),
      );
    },
    close: () => vault.close(),
  };
}

function openReader(file: string, where: Where): VaultReader | undefined {
  try {
    const rootKey = where.rootKey ?? rootKeyIn(where, dirname(file));
    return rootKey === undefined ? undefined : openVaultReadOnly({ file, rootKey });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OfflineError(file, why, cause);
  }
}

function rootKeyIn({ rootKeyFile }: Where, folder: string): Uint8Array | undefined {
  if (rootKeyFile === null || !existsSync(rootKeyFile)) return undefined;
  const source = { kind: 'file', path: rootKeyFile } as const;
  return loadRootKey(source, { data: folder, credentials: null }).bytes;
}

function blobPath(digest: string): string {
  const hex = digest.replace(/^sha256:/, '');
  return `blobs/${hex.slice(0, 2)}/${hex}`;
}

function checkedBlob(digest: string, bytes: Uint8Array | undefined): Uint8Array | undefined {
  if (bytes === undefined) return undefined;
  const hex = Buffer.from(primitives.sha256(bytes)).toString('hex');
  return `sha256:${hex}` === digest ? bytes : undefined;
}

function whyNoFolder(place: string): string {
  const hint = 'name a data directory, the folder of a log, an evidence pack or a URL';
  if (existsSync(place)) return `is a file, and no archive of a pack; ${hint}`;
  return `no such folder: no daemon has written here; ${hint}`;
}

function isFolder(place: string): boolean {
  try {
    return statSync(place).isDirectory();
  } catch {
    return false;
  }
}

function codeOf(cause: unknown): string {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
  return typeof code === 'string' ? code : String(cause);
}
