import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { LOG_DEFAULTS, type LogOptions } from '@plumbline/server/source/ledger/log-options';
import { openLog } from '@plumbline/server/source/ledger/open-log';
import type { Log } from '@plumbline/server/source/ledger/log';
import { signerOf } from '@plumbline/server/source/ledger/primitives';
import { nodeDisk } from '@plumbline/server/source/disk/node-disk';

const ORIGIN = 'bench.example/log';
const PUBLISH_EVERY_MS = 1_000;

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
