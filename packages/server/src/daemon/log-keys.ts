import { randomBytes } from 'node:crypto';
import type { Signer } from '@plumbline/ledger';

import { signerOf } from '../ledger/primitives.ts';
import { LOG_KEY_SECRET } from '../record/offline.ts';
import type { Vault } from '../store/vault.ts';
import { StartRefused } from './places.ts';

/** The signers of every key the log had, oldest first: verifying starts from the first. */
export type LogKeys = { readonly signers: (origin: string) => readonly Signer[] };

type Secrets = Pick<Vault, 'secret' | 'putSecret'>;

const NAME = LOG_KEY_SECRET;
const SEED_BYTES = 32;

/**
 * Returns the log's keys out of the vault; the first is made when the log does not begin yet.
 *
 * Errors: `StartRefused` when there is a log and the vault has no key of it.
 */
export async function loadLogKeys(vault: Secrets, isBegun: boolean): Promise<LogKeys> {
  const found = await vault.secret(NAME);
  if (found !== undefined) return logKeysOf(found);
  if (isBegun) {
    throw new StartRefused(
      'the vault has no key of this log: put back the vault that belongs to the data directory',
    );
  }
  const seed = randomBytes(SEED_BYTES);
  await vault.putSecret(NAME, seed);
  return logKeysOf(seed);
}

/** Puts a successor beside the key in force, before it is handed over to. Returns its seed. */
export async function addLogKey(vault: Secrets): Promise<Uint8Array> {
  const seed = randomBytes(SEED_BYTES);
  const found = await vault.secret(NAME);
  await vault.putSecret(NAME, Buffer.concat([found ?? Buffer.alloc(0), seed]));
  return seed;
}

function logKeysOf(seeds: Uint8Array): LogKeys {
  const count = seeds.length / SEED_BYTES;
  const each = Array.from({ length: count }, (_, at) =>
    seeds.slice(at * SEED_BYTES, (at + 1) * SEED_BYTES),
  );
  return { signers: (origin) => each.map((seed) => signerOf(origin, seed)) };
}
