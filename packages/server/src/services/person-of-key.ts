import type { ApiKey } from '../store/vault.ts';

/**
 * Returns which human a key is of, or undefined for a machine's: the same for every key of one
 * address, and for tokens of it.
 */
export function personOfKey(key: ApiKey | undefined): string | undefined {
  return key?.kind === 'person' ? (key.email ?? key.name) : undefined;
}
