import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type Random, randomOf } from '@plumbline/testkit';

import { type DiskFault, DiskError } from '../src/disk/disk.ts';
import { type BlobStore, blobStore } from '../src/ledger/segment/blobs.ts';
import { openWal } from '../src/ledger/segment/open-wal.ts';
import type { Wal } from '../src/ledger/segment/wal.ts';
import { LedgerStopped } from '../src/ledger/sequencer.ts';
import { SimulatedDisk, type Trouble } from './simulated-disk.ts';

const SEGMENT_BYTES = 131_072;
const LEAF = new Uint8Array(32);
const VERBS = ['create', 'write', 'sync', 'truncate', 'rename', 'remove', 'sync-folder'] as const;
const FAULTS: readonly DiskFault[] = ['full', 'read-only', 'no-permission', 'broken'];

type Told = { readonly bytes: Uint8Array; readonly blob: Uint8Array | undefined };

/** How much a history went through, so that a test can tell that it tested something. */
export type CrashCounts = {
  readonly powerCuts: number;
  readonly kills: number;
  readonly acknowledged: number;
  readonly segments: number;
};

/**
 * Lives through runs of a write-ahead log that end by power cuts, kills and failing disks, and
 * holds each next run to what the ones before were told. Throws at the first entry that is lost,
 * moved or changed, and when the log refuses to start.
 */
export async function liveCrashHistory(seed: number, lives: number): Promise<CrashCounts> {
  const history = new CrashHistory(seed);
  for (let life = 0; life < lives; life += 1) await history.live();
  await history.check();
  return history.counts;
}

class CrashHistory {
  readonly #dice: Random;
  readonly #machine: SimulatedDisk;
  /** What was appended, by index; what a crash took is taken away at the next start. */
  #told: Told[] = [];
  #acknowledged = 0;
  /** What the layer above has stored elsewhere. */
  #covered = 0;
  #powerCuts = 0;
  #kills = 0;
  readonly #segments = new Set<string>();

  constructor(seed: number) {
    this.#dice = randomOf(seed);
    this.#machine = new SimulatedDisk(seed + 1);
    this.#machine.isTraced = false;
  }

  get counts(): CrashCounts {
    return {
      powerCuts: this.#powerCuts,
      kills: this.#kills,
      acknowledged: this.#acknowledged,
      segments: this.#segments.size,
    };
  }

  /** One run of the program: start, check, work, and one of many ends. */
  async live(): Promise<void> {
    const dice = this.#dice;
    const isCut = dice.chance(0.6);
    if (isCut) this.#machine.cutPowerAfter(dice.below(dice.chance(0.3) ? 20 : 150));
    else if (dice.chance(0.5)) this.#machine.fail(troubleOf(dice));
    const disk = this.#machine.mount();
    const blobs = blobStore(disk, 'log/blobs');
    const wal = await this.#start(disk, blobs);
    if (wal !== undefined) {
      await this.#work(wal);
      if (!isCut && dice.chance(0.3)) await wal.close().catch(mustBeStopped);
    }
    this.#machine.calm();
    // An armed cut may not have come: then it comes between two operations.
    if (isCut) this.#machine.cutPower();
    else this.#machine.kill();
    if (isCut) this.#powerCuts += 1;
    else this.#kills += 1;
  }

  /** A last start, with nothing in its way. */
  async check(): Promise<void> {
    const disk = this.#machine.mount();
    const wal = await this.#start(disk, blobStore(disk, 'log/blobs'));
    assert.ok(wal !== undefined, 'the last start went wrong');
    await wal.close();
  }

  async #start(
    disk: ReturnType<SimulatedDisk['mount']>,
    blobs: BlobStore,
  ): Promise<Wal | undefined> {
    try {
      const wal = await openWal({
        disk,
        folder: 'segments',
        putBlobs: blobs.put,
        covered: this.#covered,
        segmentBytes: SEGMENT_BYTES,
        queue: { entries: 1000, bytes: 4_000_000 },
        random: this.#dice.bytes,
      });
      await this.#compare(wal, blobs);
      for (const name of await disk.list('segments')) this.#segments.add(name);
      return wal;
    } catch (error) {
      mustBeStopped(error);
      return undefined;
    }
  }

  /** What survived is a beginning of what was appended, and holds all that was acknowledged. */
  async #compare(wal: Wal, blobs: BlobStore): Promise<void> {
    const { durableSize, firstIndex } = wal.status();
    assert.ok(durableSize >= this.#acknowledged, `lost: ${durableSize} < ${this.#acknowledged}`);
    assert.ok(durableSize <= this.#told.length, 'more entries than were appended');
    assert.ok(firstIndex <= this.#covered, 'released what was not covered');
    const entries = await wal.read(firstIndex, durableSize - firstIndex);
    assert.equal(entries.length, durableSize - firstIndex);
    for (const [at, bytes] of entries.entries()) {
      const told = this.#told[firstIndex + at];
      assert.ok(told !== undefined && Buffer.compare(bytes, told.bytes) === 0, `changed: ${at}`);
      if (told.blob !== undefined) {
        const found = await blobs.get(digestOf(told.blob));
        assert.ok(found !== undefined, `the blob of entry ${firstIndex + at} is missing`);
      }
    }
    this.#told = this.#told.slice(0, durableSize);
    this.#acknowledged = durableSize;
  }

  async #work(wal: Wal): Promise<void> {
    const dice = this.#dice;
    const pending: Promise<void>[] = [];
    try {
      const bursts = dice.chance(0.25) ? 0 : dice.below(12);
      for (let burst = 0; burst < bursts; burst += 1) {
        for (let count = dice.below(12); count > 0; count -= 1) {
          const appended = this.#append(wal);
          // Most are never waited for; what rejects otherwise is a finding all the same.
          appended.catch(mustBeStopped);
          pending.push(appended);
        }
        if (dice.chance(0.5) && pending.length > 0) await Promise.race(pending);
        if (dice.chance(0.2)) await Promise.all(pending);
        if (dice.chance(0.2)) await this.#release(wal);
      }
      if (dice.chance(0.6)) await Promise.all(pending);
    } catch (error) {
      mustBeStopped(error);
    }
  }

  async #append(wal: Wal): Promise<void> {
    const dice = this.#dice;
    const bytes = dice.bytes(dice.chance(0.02) ? 65_535 : dice.below(dice.chance(0.5) ? 99 : 9000));
    const blob = dice.chance(0.03) ? dice.bytes(2000) : undefined;
    const blobs = blob === undefined ? {} : { blobs: [blob] };
    const { index, durable } = wal.append({ bytes, leaf: LEAF, ...blobs });
    assert.equal(index, this.#told.length, 'indexes are gapless and in call order');
    this.#told.push({ bytes, blob });
    await durable;
    this.#acknowledged = Math.max(this.#acknowledged, index + 1);
  }

  async #release(wal: Wal): Promise<void> {
    this.#covered += this.#dice.below(wal.status().durableSize - this.#covered + 1);
    await wal.release(this.#covered);
  }
}

/** The log stopped because the disk failed, which is what it should do; all else is a finding. */
function mustBeStopped(error: unknown): void {
  const isStopped = error instanceof LedgerStopped && error.reason !== 'backlog';
  if (!isStopped && !(error instanceof DiskError)) throw error;
}

function troubleOf(dice: Random): Trouble {
  const fate = dice.chance(0.5) ? 'lost' : 'persisted';
  const verb = VERBS[dice.below(VERBS.length)] ?? 'sync';
  const fault = FAULTS[dice.below(FAULTS.length)] ?? 'broken';
  return { verb, fault, fate, after: dice.below(verb === 'write' || verb === 'sync' ? 30 : 4) };
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
