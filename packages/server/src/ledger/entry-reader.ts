import { parseBundle, TILE_WIDTH, tilePath, tileWidth } from '@plumbline/ledger';
import { DiskError, type Disk } from '../disk/disk.ts';
import { LOG_FOLDER } from './layout.ts';

const BUNDLES_KEPT = 32;

/** Which log is read: its folder, and its size where it ended; without, full bundles alone. */
export type ReadLog = { readonly folder: string; readonly size: number | null };

/** Reads entries of bundles, keeping the last few. */
export class EntryReader {
  readonly #disk: Disk;
  readonly #log: ReadLog;
  // INVARIANT: least recently used first.
  readonly #kept = new Map<number, readonly Uint8Array[]>();

  constructor(disk: Disk, log: ReadLog = { folder: LOG_FOLDER, size: null }) {
    this.#disk = disk;
    this.#log = log;
  }

  /** Returns the entries of one bundle. Rejects with a `DiskError` when it is not whole. */
  async bundle(index: number): Promise<readonly Uint8Array[]> {
    const entries = this.#kept.get(index) ?? (await this.#load(index));
    this.#kept.delete(index);
    this.#kept.set(index, entries);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > BUNDLES_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return entries;
  }

  async #load(index: number): Promise<readonly Uint8Array[]> {
    const { folder, size } = this.#log;
    const width = size === null ? TILE_WIDTH : tileWidth(size, 'entries', index);
    const path = `${folder}/${tilePath({ level: 'entries', index, width })}`;
    const bytes = await this.#disk.read(path);
    const parsed = bytes === undefined ? undefined : parseBundle(bytes, width);
    if (parsed?.ok === true) return parsed.value;
    const message = `\`${path}\` is missing or damaged: put it back from a copy`;
    throw new DiskError('broken', message, parsed?.error);
  }
}
