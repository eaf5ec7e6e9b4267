import assert from 'node:assert/strict';
import {
  encodeBase64,
  encodeUtf8,
  Frontier,
  leafHash,
  openCheckpoint,
  type Signer,
  verifyLog,
} from '@plumbline/ledger';
import { type Disk, DiskError } from '../src/disk/disk.ts';
import { diskSource } from '../src/ledger/disk-source.ts';
import type { LogOptions } from '../src/ledger/log-options.ts';
import type { Log } from '../src/ledger/log.ts';
import { openLog } from '../src/ledger/open-log.ts';
import { primitives, signerOf } from '../src/ledger/primitives.ts';
import { LedgerStopped } from '../src/ledger/sequencer.ts';
import { openTestLog, submission, TEST_ORIGIN, testLog } from './log-scene.ts';
import type { SimulatedDisk } from './simulated-disk.ts';

// A failure that a test arranged may come as late as in the start after the crash.
const MAX_STARTS = 3;

/** Everything that ever left the machine of a log: what was signed, and what was acknowledged. */
export type Told = {
  /** Texts signed by log keys, in order, across all crashes. */
  readonly signed: string[];
  /** Acknowledged entries by origin, then by index. */
  readonly acknowledged: Map<string, Map<number, string>>;
};

/** What a run does with a log until the power goes. */
export type Script = (log: Log, told: Told) => Promise<void>;

/** Returns signers that write down what they sign. */
export function recordingSigners(
  told: Told,
  ...seeds: readonly number[]
): (origin: string) => readonly Signer[] {
  return (origin) =>
    seeds.map((seed) => {
      const signer = signerOf(origin, new Uint8Array(32).fill(seed));
      const sign = (message: Uint8Array): ReturnType<Signer['sign']> => {
        told.signed.push(Buffer.from(message).toString('utf8'));
        return signer.sign(message);
      };
      return { key: signer.key, sign };
    });
}

/** Appends one entry, and writes down that it was acknowledged. */
export async function tell(log: Log, told: Told, text: string): Promise<void> {
  const { origin } = log.status();
  const { index, durable } = log.append(submission(text));
  await durable;
  const known = told.acknowledged.get(origin) ?? new Map<number, string>();
  told.acknowledged.set(origin, known.set(index, text));
}

/**
 * Runs a script whose machine fails on the way, starts again as often as it takes, and holds the
 * log to what was told. `given` must bring the recording signers of `told`.
 */
export async function walkOnce(
  machine: SimulatedDisk,
  told: Told,
  { script, given }: { readonly script: Script; readonly given: Partial<LogOptions> },
): Promise<void> {
  await untilTheDiskFails(async () => {
    const log = await openTestLog(machine.mount(), given);
    await script(log, told);
    await log.close();
  });
  for (let start = 0; start < MAX_STARTS; start += 1) {
    machine.cutPower();
    if (await untilTheDiskFails(() => startAgain(machine.mount(), told, given))) return;
  }
  assert.fail('it does not start');
}

async function startAgain(disk: Disk, told: Told, given: Partial<LogOptions>): Promise<void> {
  const reopened = await openLog(testLog(disk, given));
  assert.ok(reopened.ok, reopened.ok ? '' : `${reopened.error.code}: ${reopened.error.message}`);
  const log = reopened.value;
  await tell(log, told, 'after the crash');
  await log.publish();
  const { origin, durableSize } = log.status();
  checkTold(told, origin, await log.read(0, durableSize));
  await checkFiles(log, disk);
  if (origin !== TEST_ORIGIN) checkTold(told, TEST_ORIGIN, await readRolled(disk, log));
  await log.close();
}

/** The entries of the log that was rolled over, which verifies and ends in naming what follows. */
async function readRolled(disk: Disk, log: Log): Promise<readonly Uint8Array[]> {
  const bytes = (await disk.read('log/rolled/0/checkpoint')) ?? new Uint8Array(0);
  const key = signerOf(TEST_ORIGIN, new Uint8Array(32).fill(1)).key;
  const opened = await openCheckpoint(primitives, bytes, key);
  assert.ok(opened.ok);
  const entries: Uint8Array[] = [];
  const { checkpoint } = opened.value;
  const checkEntry = (entry: Uint8Array): undefined => void entries.push(entry);
  const source = diskSource(disk, 'log/rolled/0');
  const verified = await verifyLog(primitives.sha256, {
    source,
    checkpoint,
    anchors: [],
    checkEntry,
  });
  assert.ok(verified.ok, verified.ok ? '' : verified.error.message);
  const last = Buffer.from(entries.at(-1) ?? []).toString('utf8');
  assert.equal(last, `rolled over to ${log.status().origin}`);
  const [first = new Uint8Array(0)] = await log.read(0, 1);
  const expected = `continues ${TEST_ORIGIN} of ${entries.length}`;
  assert.equal(Buffer.from(first).toString('utf8'), expected);
  return entries;
}

/** Returns whether it came to its end. */
async function untilTheDiskFails(run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    if (!(error instanceof DiskError || error instanceof LedgerStopped)) throw error;
    return false;
  }
}

/** Every acknowledged entry is there, and every text ever signed is a prefix of what is there. */
function checkTold(told: Told, origin: string, entries: readonly Uint8Array[]): void {
  for (const [index, text] of told.acknowledged.get(origin) ?? []) {
    assert.equal(Buffer.from(entries[index] ?? []).toString('utf8'), text, `entry ${index}`);
  }
  const roots = rootsOf(entries);
  for (const text of told.signed) {
    const [signedOrigin, size, root] = text.split('\n');
    if (signedOrigin !== origin || size === undefined) continue;
    assert.equal(root, roots[Number(size)], `a second root of size ${size} was signed`);
  }
}

function rootsOf(entries: readonly Uint8Array[]): readonly string[] {
  const frontier = new Frontier(primitives.sha256, () => undefined);
  const roots = [encodeBase64(frontier.root())];
  for (const entry of entries) {
    frontier.append(leafHash(primitives.sha256, entry));
    roots.push(encodeBase64(frontier.root()));
  }
  return roots;
}

async function checkFiles(log: Log, disk: Disk): Promise<void> {
  const opened = await openCheckpoint(primitives, encodeUtf8(log.checkpoint()), log.key());
  assert.ok(opened.ok);
  const { checkpoint } = opened.value;
  assert.equal(checkpoint.size, log.status().durableSize);
  const served = Buffer.from((await disk.read('log/checkpoint')) ?? []).toString('utf8');
  assert.equal(served, log.checkpoint());
  const claim = { source: diskSource(disk, 'log'), checkpoint, anchors: [] };
  const verified = await verifyLog(primitives.sha256, claim);
  assert.ok(verified.ok, verified.ok ? '' : verified.error.message);
}
