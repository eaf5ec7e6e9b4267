import {
  copyFileSync,
  existsSync,
  fsyncSync,
  globSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parseKnownLogs } from '@plumbline/ledger';

import type { Config } from '../config/config.ts';
import { LOG_FOLDER, logNumber, SEGMENT_FOLDER, STATE_FILE } from '../ledger/layout.ts';
import { parseLogState } from '../ledger/log-state.ts';
import { primitives } from '../ledger/primitives.ts';
import { loadRootKey } from '../seal/root-key.ts';
import { openVaultReadOnly } from '../store/embedded/vault.ts';
import { takeLock } from './lock.ts';
import { placesOf, prepareFolder, StartRefused } from './places.ts';

/** What was copied, or put back. */
export type Copied = { readonly files: number; readonly size: number; readonly origin: string };

const ATTEMPTS = 20;
const VAULT_FILE = 'vault.db';

/**
 * Copies the ledger of a data directory into an empty folder, also while a daemon writes it: the
 * vault is never in it. Only files that never change are copied before the last pass, and that pass
 * is made again when the log moved on meanwhile.
 *
 * Errors: `StartRefused`.
 */
export function backupLedger({ data: folder }: Config, target: string): Copied {
  refuseFilled(target);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  let origin = originOf(folder);
  copyMissing(folder, target, LOG_FOLDER);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = readFileSync(join(folder, STATE_FILE));
    if (origin !== originOf(folder)) {
      // It was rolled over: files of another log have the names of those that were copied.
      for (const stale of [LOG_FOLDER, SEGMENT_FOLDER]) {
        rmSync(join(target, stale), { recursive: true, force: true });
      }
      origin = originOf(folder);
    }
    copyMissing(folder, target, LOG_FOLDER);
    copyAll(folder, target, SEGMENT_FOLDER);
    copyOne(folder, target, `${LOG_FOLDER}/checkpoint`);
    if (!before.equals(readFileSync(join(folder, STATE_FILE)))) continue;
    copyOne(folder, target, STATE_FILE);
    return copiedIn(target);
  }
  throw new StartRefused(
    `${folder}: the log moved on through ${ATTEMPTS} attempts; publish less often while copying`,
  );
}

function originOf(folder: string): string | undefined {
  return parseLogState(readFileSync(join(folder, STATE_FILE)))?.origin;
}

/** Copies the vault into another folder than the ledger. Errors: `StartRefused`, `VaultError`. */
export async function backupVault(
  config: Config,
  target: string,
  credentials: string | null,
): Promise<string> {
  if (existsSync(join(target, STATE_FILE))) {
    throw new StartRefused(`${target}: holds a ledger; ledger and vault never share a folder`);
  }
  mkdirSync(target, { recursive: true, mode: 0o700 });
  const key = loadRootKey(config.rootKey, { data: config.data, credentials });
  const reader = openVaultReadOnly({ file: placesOf(config.data).vault, rootKey: key.bytes });
  const file = join(target, VAULT_FILE);
  try {
    await reader.backup(file);
    return file;
  } finally {
    await reader.close();
  }
}

/** What is put back, and what is known of the log elsewhere. */
export type Restoring = {
  readonly ledger: string | null;
  readonly vault: string | null;
  /** The text of a known-logs file, or null. */
  readonly knownLogs: string | null;
};

/**
 * Puts a ledger, a vault or both back into a data directory that has none and no daemon.
 *
 * Errors: `StartRefused`, also when the ledger is shorter than it is known elsewhere: going on from
 * it would make a second history.
 */
export function restore(config: Config, restoring: Restoring): Copied | null {
  const { data: folder } = config;
  const places = prepareFolder(folder);
  const lock = takeLock(places);
  try {
    const { ledger, vault, knownLogs } = restoring;
    // Both are looked at before either is copied: a refused restore leaves nothing behind.
    if (vault !== null) refuseVault(vault, places.vault);
    const copied = ledger === null ? null : checkLedger(ledger, config, knownLogs);
    if (vault !== null) copyFileSync(join(vault, VAULT_FILE), places.vault);
    if (ledger !== null) copyLedger(ledger, folder);
    return copied;
  } finally {
    lock.release();
  }
}

function refuseVault(source: string, file: string): void {
  if (existsSync(file)) {
    throw new StartRefused(`${file}: is there already; move it away before another is put back`);
  }
  const copy = join(source, VAULT_FILE);
  if (existsSync(copy)) return;
  throw new StartRefused(`${copy}: is missing; name a folder of \`plumb backup --vault\``);
}

function checkLedger(source: string, config: Config, knownLogs: string | null): Copied {
  const { data: folder, origin: base } = config;
  if (existsSync(join(folder, STATE_FILE))) {
    throw new StartRefused(
      `${folder}: holds a log already; move the directory away: two histories are never mixed`,
    );
  }
  const copied = copiedIn(source);
  refuseOlder(copied, { base, text: knownLogs });
  return copied;
}

function copyLedger(source: string, folder: string): void {
  copyMissing(source, folder, LOG_FOLDER);
  copyAll(source, folder, SEGMENT_FOLDER);
  copyOne(source, folder, `${LOG_FOLDER}/checkpoint`);
  copyOne(source, folder, STATE_FILE);
}

function refuseOlder(
  { origin, size }: Copied,
  { base, text }: { readonly base: string; readonly text: string | null },
): void {
  if (text === null) return;
  const known = parseKnownLogs(primitives.sha256, Buffer.from(text, 'utf8'));
  if (!known.ok) throw new StartRefused(`the known logs cannot be read: ${known.error.message}`);
  const number = logNumber(base, origin) ?? 0;
  const later = known.value.find(({ key }) => (logNumber(base, key.name) ?? 0) > number);
  if (later !== undefined) {
    throw new StartRefused(
      `the backup is of \`${origin}\` and \`${later.key.name}\` is known, which follows it: ` +
        'going on would make a second history; find a newer copy',
    );
  }
  const own = known.value.find(({ key }) => key.name === origin);
  if (own === undefined || own.size <= size) return;
  throw new StartRefused(
    `the backup has ${size} entries and the log is known with ${own.size}: going on would make ` +
      'a second history; find a newer copy, or keep this one as evidence and begin a log with ' +
      'another `origin`',
  );
}

function refuseFilled(target: string): void {
  if (!existsSync(target) || readdirSync(target).length === 0) return;
  throw new StartRefused(`${target}: is not empty; name a folder that is not there yet`);
}

/** Tiles, bundles and blobs never change, and a partial one may go while it is copied. */
function copyMissing(from: string, to: string, folder: string): void {
  for (const path of globSync('**/*', { cwd: join(from, folder) })) {
    const name = `${folder}/${path}`;
    if (path === 'checkpoint' || path.endsWith('.part') || existsSync(join(to, name))) continue;
    if (statSync(join(from, name), { throwIfNoEntry: false })?.isFile() === true) {
      copyOne(from, to, name);
    }
  }
}

function copyAll(from: string, to: string, folder: string): void {
  for (const path of globSync('*', { cwd: join(from, folder) })) {
    copyOne(from, to, `${folder}/${path}`);
  }
}

function copyOne(from: string, to: string, path: string): void {
  const target = join(to, path);
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  try {
    copyFileSync(join(from, path), target);
  } catch (cause) {
    const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
    if (code === 'ENOENT') return;
    throw cause;
  }
  const handle = openSync(target, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

function copiedIn(folder: string): Copied {
  const file = join(folder, STATE_FILE);
  const state = existsSync(file) ? parseLogState(readFileSync(file)) : undefined;
  if (state === undefined) {
    throw new StartRefused(`${file}: is missing or unreadable; name a folder of \`plumb backup\``);
  }
  const files = globSync('**/*', { cwd: folder }).length;
  return { files, size: state.size, origin: state.origin };
}
