import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type Json, parsedJson } from '@plumbline/core';

/** What a pack says of itself, and the openings that came with it. */
export type Pack = {
  readonly manifest: PackManifest;
  readonly openings: ReadonlyMap<number, Uint8Array>;
};

/** The list of a pack: its files by digest, which entries they show, and who may read what. */
export type PackManifest = {
  readonly format: 'plumbline-evidence-pack/v1';
  readonly origin: string;
  /** Size of the log when the pack was made. */
  readonly size: number;
  readonly verifierKey: string;
  readonly madeAt: number;
  /** What was asked for. */
  readonly selection: { readonly [name: string]: string };
  /** Indexes of the entries, ascending. */
  readonly entries: readonly number[];
  /** SHA-256 in hex of every other file, by path. */
  readonly files: { readonly [path: string]: string };
};

/**
 * Returns a pack's manifest and openings.
 *
 * Throws when the manifest or an opening is not what `plumb pack` writes.
 */
export function readPack(folder: string): Pack {
  const manifest = readManifest(folder);
  const openings = new Map<number, Uint8Array>();
  for (const index of manifest.entries) {
    const path = entryPath(index, 'opening');
    if (manifest.files[path] === undefined) continue;
    // One that is gone opens nothing; that it is gone is found when the files are checked.
    const hex = existsSync(join(folder, path))
      ? readFileSync(join(folder, path), 'utf8').trim()
      : '';
    if (/^[0-9a-f]{128}$/.test(hex)) openings.set(index, Buffer.from(hex, 'hex'));
  }
  return { manifest, openings };
}

/** Returns where a pack keeps what belongs to an entry. */
export function entryPath(
  index: number,
  what: 'json' | 'tlog-proof' | 'opening' | 'plain.json',
): string {
  return `entries/${String(index).padStart(12, '0')}.${what}`;
}

function readManifest(folder: string): PackManifest {
  const value = parsedJson(readFileSync(join(folder, 'manifest.json'), 'utf8')) ?? null;
  if (!isManifest(value)) throw new Error('`manifest.json` is not that of an evidence pack');
  return value;
}

function isManifest(value: Json): value is Json & PackManifest {
  if (!isJsonObject(value)) return false;
  const { format, origin, size, verifierKey, entries, files } = value;
  return (
    format === 'plumbline-evidence-pack/v1' &&
    typeof origin === 'string' &&
    Number.isSafeInteger(size) &&
    typeof verifierKey === 'string' &&
    Array.isArray(entries) &&
    entries.every((index) => Number.isSafeInteger(index) && Number(index) >= 0) &&
    isJsonObject(files) &&
    Object.values(files).every((digest) => typeof digest === 'string')
  );
}
