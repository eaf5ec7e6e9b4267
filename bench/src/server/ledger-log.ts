import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { leafHash } from '@plumbline/ledger';
import { LOG_DEFAULTS, type LogOptions } from '@plumbline/server/source/ledger/log-options';
import { openLog } from '@plumbline/server/source/ledger/open-log';
import type { Log } from '@plumbline/server/source/ledger/log';
import { primitives, signerOf } from '@plumbline/server/source/ledger/primitives';
import { LedgerStopped } from '@plumbline/server/source/ledger/sequencer';
import { nodeDisk } from '@plumbline/server/source/disk/node-disk';

import { entryMaker } from './entries.ts';

const ORIGIN = 'bench.example/log';
const PUBLISH_EVERY_MS = 1_000;
const AGAIN_MS = 5;

/** Opens the log of a folder as the daemon does, its defaults being in force. */
export async function openBenchLog(
  folder: string,
  changed: Partial<LogOptions> = {},
): Promise<Log> {
  const signer = signerOf(ORIGIN, new Uint8Array(32).fill(7));
  const opened = await openLog({
    ...LOG_DEFAULTS,
    disk: nodeDisk(join(folder, 'log-data')),
    origin: ORIGIN,
    signers: () => [signer],
    clock: Date.now,
    random: randomBytes,
    egress: { request: () => Promise.reject(new Error('no calls out are measured')) },
    ...changed,
  });
  if (opened.ok) return opened.value;
  throw new Error(opened.error.message);
}

/** Publishes every second, as the daemon does. Returns how it is stopped. */
export function publishing(log: Log): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = log.publish();
  }, PUBLISH_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/**
 * Returns how a writer appends: hashed, durable, and again after a moment where the log refused
 * for the moment, as it does when tiles are too far behind. `refusals` counts those.
 */
export function appender(log: Log): {
  readonly append: () => Promise<void>;
  readonly refusals: () => number;
} {
  const makeEntry = entryMaker();
  let refusals = 0;
  const append = async (): Promise<void> => {
    const bytes = makeEntry();
    const leaf = leafHash(primitives.sha256, bytes);
    for (;;) {
      try {
        return await log.append({ bytes, leaf }).durable;
      } catch (error) {
        if (!(error instanceof LedgerStopped) || error.reason !== 'backlog') throw error;
        refusals += 1;
        await sleep(AGAIN_MS);
      }
    }
  };
  return { append, refusals: () => refusals };
}
