import { randomOf } from '@plumbline/testkit';

import { openWal } from '../src/ledger/segment/open-wal.ts';
import type { Wal, WalOptions } from '../src/ledger/segment/wal.ts';
import type { Appended, Submission } from '../src/ledger/sequencer.ts';
import { SimulatedDisk } from './simulated-disk.ts';

const LEAF = new Uint8Array(32);

/** A machine with a simulated disk, on which a write-ahead log is started again and again. */
export class WalScene {
  readonly machine: SimulatedDisk;
  readonly #options: Partial<WalOptions>;
  readonly #dice = randomOf(11);

  constructor(options: Partial<WalOptions> = {}) {
    this.machine = new SimulatedDisk(5);
    this.#options = options;
  }

  async start(options: Partial<WalOptions> = {}): Promise<Wal> {
    this.machine.kill();
    return await openWal({
      disk: this.machine.mount(),
      folder: 'segments',
      putBlobs: () => Promise.resolve(),
      covered: 0,
      segmentBytes: 131_072,
      queue: { entries: 10_000, bytes: 64_000_000 },
      random: this.#dice.bytes,
      ...this.#options,
      ...options,
    });
  }

  /** The bytes of every file, to see whether anything changed. */
  async files(folder = 'segments'): Promise<ReadonlyMap<string, string>> {
    const disk = this.machine.mount();
    const found = new Map<string, string>();
    for (const name of await disk.list(folder)) {
      const bytes = (await disk.read(`${folder}/${name}`)) ?? new Uint8Array(0);
      found.set(name, Buffer.from(bytes).toString('latin1'));
    }
    return found;
  }
}

/** An entry of a text, filled up with full stops to a length. */
export function entryOf(text: string, length = 0): Submission {
  return { bytes: Buffer.from(text.padEnd(length, '.')), leaf: LEAF };
}

/** Appends one entry for each number and waits until all are durable. */
export async function fill(
  wal: Wal,
  { count, length }: { readonly count: number; readonly length: number },
): Promise<void> {
  const first = wal.status().nextIndex;
  const appended: Appended[] = [];
  for (let at = 0; at < count; at += 1) {
    appended.push(wal.append(entryOf(`entry ${first + at} `, length)));
  }
  await Promise.all(appended.map(({ durable }) => durable));
}

/** The texts of entries that `read` returned. */
export function textsOf(entries: readonly Uint8Array[]): readonly string[] {
  return entries.map((bytes) => Buffer.from(bytes).toString().replace(/\.+$/, '').trim());
}
