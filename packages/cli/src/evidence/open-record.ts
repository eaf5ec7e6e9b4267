import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  isCompressed,
  loadConfig,
  OfflineError,
  type OfflineRecord,
  openOffline,
  unpackArchive,
} from '@plumbline/server';

import { readText } from '../files/read-text.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import type { RecordOptions } from './record-options.ts';

/** What names a record. */
export type Named = {
  readonly where: string | undefined;
  readonly options: RecordOptions;
  readonly shell: Pick<Shell, 'environment'>;
};

/**
 * Lends a record to `use` and closes it: a data directory, the folder of a log, an evidence pack
 * (its folder, or the one file it came as) or a URL; by default the data directory of the daemon.
 *
 * Errors: `Stop` when there is none, or its files cannot be read.
 */
export async function withRecord<T>(
  { where, options, shell }: Named,
  use: (record: OfflineRecord) => Promise<T>,
): Promise<T> {
  const { rootKey, openings } = options;
  if (rootKey !== undefined && !existsSync(rootKey)) {
    throw new Stop('no such file; --root-key names the file of the root key', rootKey);
  }
  let record: OfflineRecord | undefined;
  let unpacked: string | undefined;
  try {
    if (where !== undefined && isArchive(where)) {
      unpacked = mkdtempSync(join(tmpdir(), 'plumbline-pack-'));
      await unpackArchive(where, unpacked);
    }
    const home =
      rootKey === undefined || where === undefined ? daemonPlaces(shell.environment) : null;
    record = openOffline({
      place: unpacked ?? where ?? home?.data ?? '',
      rootKeyFile: rootKey ?? home?.rootKey ?? null,
      openings: openings === undefined ? new Map() : openingsIn(openings),
    });
    return await use(record);
  } catch (cause) {
    if (!(cause instanceof OfflineError)) throw cause;
    const { message, place } = cause;
    throw new Stop(message, unpacked === undefined ? place : place.replace(unpacked, where ?? ''));
  } finally {
    await record?.close();
    if (unpacked !== undefined) rmSync(unpacked, { recursive: true, force: true });
  }
}

function isArchive(where: string): boolean {
  const found = statSync(where, { throwIfNoEntry: false });
  return found?.isFile() === true && isCompressed(where);
}

function daemonPlaces(environment: Shell['environment']): {
  readonly data: string;
  readonly rootKey: string | null;
} {
  try {
    const { data, rootKey } = loadConfig(environment);
    return { data, rootKey: rootKey.kind === 'file' ? rootKey.path : null };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Stop(`the daemon's configuration: ${why}`);
  }
}

function openingsIn(file: string): ReadonlyMap<number, Uint8Array> {
  const openings = new Map<number, Uint8Array>();
  for (const [at, line] of readText(file).split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const match = /^(\d{1,15}) ([0-9a-f]{128})$/.exec(line);
    if (match === null) throw new Stop('must be an index and 128 hex digits', `${file}:${at + 1}`);
    openings.set(Number(match[1]), Buffer.from(match[2] ?? '', 'hex'));
  }
  return openings;
}
