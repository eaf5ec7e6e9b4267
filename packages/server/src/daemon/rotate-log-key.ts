import { formatVerifierKey } from '@plumbline/ledger';

import type { Config } from '../config/config.ts';
import { openStores, type Surroundings } from '../context.ts';
import { signerOf } from '../ledger/primitives.ts';
import { takeLock } from './lock.ts';
import { addLogKey } from './log-keys.ts';
import { prepareFolder } from './places.ts';
import { asRefusal } from './refusal-words.ts';

/** Where the hand-over stands, and the key that signs from then on. */
export type Rotated = { readonly index: number; readonly verifierKey: string };

/**
 * Hands the log of a data directory over to a fresh key while no daemon runs. The successor is in
 * the vault before the hand-over is in the log, so that a crash between the two loses nothing.
 *
 * Errors: `StartRefused`.
 */
export async function rotateLogKey(config: Config, surroundings: Surroundings): Promise<Rotated> {
  const places = prepareFolder(config.data);
  const lock = takeLock(places);
  try {
    const stores = await openStores(config, places, surroundings);
    try {
      const seed = await addLogKey(stores.vault);
      const successor = signerOf(stores.log.status().origin, seed);
      const index = await stores.log.rotate(successor);
      return { index, verifierKey: formatVerifierKey(successor.key) };
    } finally {
      await stores.log.close();
      await stores.vault.close();
      await stores.egress.close();
    }
  } catch (cause) {
    throw asRefusal(cause, config);
  } finally {
    lock.release();
  }
}
