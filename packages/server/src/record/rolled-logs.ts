import type { Entry } from '@plumbline/core';
import {
  type Checkpoint,
  emptyRoot,
  encodeBase64,
  equalBytes,
  Frontier,
  type KnownLog,
  type LogSource,
  type OpenedCheckpoint,
  readCheckpoint,
  readTile,
  type Result,
  TILE_WIDTH,
  tilePath,
  tileWidth,
} from '@plumbline/ledger';

import { logNumber } from '../ledger/layout.ts';
import { primitives } from '../ledger/primitives.ts';
import type { OfflineRecord } from './offline.ts';

/** One log of a record: the last is the one that is written. */
export type LogPart = {
  /** The number of its folder among the rolled logs, or null. */
  readonly rolled: number | null;
  readonly source: LogSource;
  readonly opened: OpenedCheckpoint;
  /** Its entries are gone, as retention drops them. */
  readonly isDropped: boolean;
};

/** Returns every log of a record that is at hand, oldest first. */
export async function logsOf(record: OfflineRecord): Promise<Result<readonly LogPart[]>> {
  const last = await partOf(record.source, null);
  if (!last.ok) return last;
  const parts: LogPart[] = [];
  for (const rolled of record.rolled) {
    const part = await partOf(record.rolledSource(rolled), rolled);
    if (!part.ok) return part;
    // While a log is being rolled over, its files stand in both places.
    if (nameOf(part.value) !== nameOf(last.value)) parts.push(part.value);
  }
  return { ok: true, value: [...parts, last.value] };
}

/** Returns the name of a log. */
export function nameOf({ opened }: LogPart): string {
  return opened.checkpoint.origin;
}

async function partOf(source: LogSource, rolled: number | null): Promise<Result<LogPart>> {
  const place = rolled === null ? 'checkpoint' : `rolled/${rolled}/checkpoint`;
  const bytes = await source.read('checkpoint');
  if (bytes === undefined) return fault('missing', `${place}: no such file in the log`);
  const opened = readCheckpoint(bytes);
  if (!opened.ok) return fault(opened.error.code, `${place}: ${opened.error.message}`);
  const isDropped = rolled !== null && (await hasNoEntries(source, opened.value.checkpoint.size));
  return { ok: true, value: { rolled, source, opened: opened.value, isDropped } };
}

async function hasNoEntries(source: LogSource, size: number): Promise<boolean> {
  if (size === 0) return false;
  const width = tileWidth(size, 'entries', 0);
  for (const each of new Set([width, TILE_WIDTH])) {
    const path = tilePath({ level: 'entries', index: 0, width: each });
    if ((await source.read(path)) !== undefined) return false;
  }
  return true;
}

/**
 * Compares the tiles of a log without entries with each other and with its checkpoint: size, order
 * and root are then still bound, and what was said is not known any more.
 */
export async function verifyTiles({ source, opened }: LogPart): Promise<Result<number>> {
  const { size, root } = opened.checkpoint;
  const filled: { readonly path: string; readonly bytes: Uint8Array; at: Place }[] = [];
  const frontier = new Frontier(primitives.sha256, ({ tile, bytes }) => {
    if (tile.level === 'entries') throw new Error('bug: a frontier grows tiles of hashes');
    const at = { level: tile.level, index: tile.index, size };
    filled.push({ path: tilePath(tile), bytes, at });
  });
  let tileCount = 0;
  for (let index = 0; frontier.size < size; index += 1) {
    const tile = await readTile(source, { level: 0, index, size });
    if (!tile.ok) return tile;
    for (let at = 0; at < tile.value.length; at += 32) {
      frontier.append(tile.value.slice(at, at + 32));
    }
    for (const { path, bytes, at } of filled.splice(0)) {
      const read = await readTile(source, at);
      if (!read.ok) return read;
      if (!equalBytes(read.value, bytes)) return fault('mismatch', `${path}: is of other hashes`);
      tileCount += 1;
    }
  }
  if (equalBytes(frontier.root(), root)) return { ok: true, value: tileCount };
  return fault('mismatch', 'tiles do not hash to the root of the checkpoint');
}

type Place = { readonly level: number; readonly index: number; readonly size: number };

/** Returns why the first entry of a log does not continue the log before, or undefined. */
export function whyNotContinued(entry: Entry | undefined, before: Checkpoint): string | undefined {
  const { origin, size, root } = before;
  return entry?.kind === 'continues' && isLink(entry, { origin, size, root })
    ? undefined
    : `does not continue \`${origin}\` of ${size} entries and its root`;
}

/** Returns why the last entry of a log does not name the log after it, or undefined. */
export function whyNotRolled(entry: Entry | undefined, origin: string): string | undefined {
  const root = emptyRoot(primitives.sha256);
  return entry?.kind === 'rolled' && isLink(entry, { origin, size: 0, root })
    ? undefined
    : `does not end the log with the name of the next, \`${origin}\``;
}

function isLink({ open }: Entry, { origin, size, root }: Checkpoint): boolean {
  const { origin: named, size: counted, root: hashed } = open;
  return named === origin && counted === size && hashed === encodeBase64(root);
}

/**
 * Returns the known log that should stand here and does not: a later one than the last, of the
 * same first log. Whoever shows the record went back to before it was rolled over.
 */
export function missingLog(
  parts: readonly LogPart[],
  known: readonly KnownLog[],
): KnownLog | undefined {
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const base = first.rolled === null ? nameOf(first) : baseOf(first);
  const lastNumber = logNumber(base, nameOf(last)) ?? 0;
  return known.find(({ key }) => (logNumber(base, key.name) ?? 0) > lastNumber);
}

/** The first log of all has no number; where it is not at hand, the name of a later one says. */
function baseOf(part: LogPart): string {
  const ending = `/${part.rolled ?? 0}`;
  const name = nameOf(part);
  return part.rolled !== 0 && name.endsWith(ending) ? name.slice(0, -ending.length) : name;
}

type Fault = Extract<Result<never>, { readonly ok: false }>['error'];

function fault<T>(code: Fault['code'], message: string): Result<T> {
  return { ok: false, error: { code, message } };
}
