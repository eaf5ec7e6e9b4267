import { encodeUtf8, leafHash } from '@plumbline/ledger';
import { randomOf } from '@plumbline/testkit';

import type { Disk } from '../src/disk/disk.ts';
import type { Log } from '../src/ledger/log.ts';
import { LOG_DEFAULTS, type LogOptions } from '../src/ledger/log-options.ts';
import { openLog } from '../src/ledger/open-log.ts';
import { primitives, signerOf } from '../src/ledger/primitives.ts';
import type { Submission } from '../src/ledger/sequencer.ts';

/** The name of the logs in tests. */
export const TEST_ORIGIN = 'log.example/agents';

/** What a test log is opened with: everything has a default but the disk. */
export function testLog(disk: Disk, given: Partial<LogOptions> = {}): LogOptions {
  const dice = randomOf(5);
  return {
    ...LOG_DEFAULTS,
    disk,
    origin: TEST_ORIGIN,
    signers: (origin) => [signerOf(origin, new Uint8Array(32).fill(1))],
    clock: () => 1_000,
    random: (length) => Uint8Array.from({ length }, () => dice.below(256)),
    segmentBytes: 131_072,
    egress: { request: () => Promise.reject(new Error('bug: nothing is asked')) },
    ...given,
  };
}

/** Opens a log that must open. */
export async function openTestLog(disk: Disk, given: Partial<LogOptions> = {}): Promise<Log> {
  const result = await openLog(testLog(disk, given));
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** Returns why a log is refused that must be. */
export async function refusalOf(disk: Disk, given: Partial<LogOptions> = {}): Promise<string> {
  const result = await openLog(testLog(disk, given));
  if (!result.ok) return `${result.error.code}: ${result.error.message}`;
  await result.value.close();
  throw new Error('the log was opened');
}

/** Returns an entry with its leaf hash. */
export function submission(text: string): Submission {
  const bytes = encodeUtf8(text);
  return { bytes, leaf: leafHash(primitives.sha256, bytes) };
}

/** Appends `entry <n>` for each index up to a size, and waits until all are durable. */
export async function fill(log: Log, size: number, tag = ''): Promise<void> {
  const pending: Promise<void>[] = [];
  for (let at = log.status().nextIndex; at < size; at += 1) {
    pending.push(log.append(submission(`entry ${at}${tag}`)).durable);
    if (pending.length >= 10_000) await Promise.all(pending.splice(0));
  }
  await Promise.all(pending);
}
