import { parseBundle, TILE_WIDTH, tilePath } from '@plumbline/ledger';
import { DiskError, type Disk } from '../disk/disk.ts';
import { LOG_FOLDER } from './layout.ts';

const BUNDLES_KEPT = 32;

/** Reads entries of full bundles, keeping the last few. */
export class EntryReader {
  readonly #disk: Disk;
  // INVARIANT: least recently used first.
  readonly #kept = new Map<number, readonly Uint8Array[]>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Returns the entries of one full bundle. Rejects with a `DiskError` when it is not whole. */
  async bundle(index: number): Promise<readonly Uint8Array[]> {
    const entries = this.#kept.get(index) ?? (await this.#load(index));
    this.#kept.delete(index);
    this.#kept.set(index, entries);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > BUNDLES_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return entries;
  }

  async #load(index: number): Promise<readonly Uint8Array[]> {
    const path = `${LOG_FOLDER}/${tilePath({ level: 'entries', index, width: TILE_WIDTH })}`;
    const bytes = await this.#disk.read(path);
    const parsed = bytes === undefined ? undefined : parseBundle(bytes, TILE_WIDTH);
    if (parsed?.ok === true) return parsed.value;
    const message = `\`${path}\` is missing or damaged: put it back from a copy`;
    throw new DiskError('broken', message, parsed?.error);
  }
}
