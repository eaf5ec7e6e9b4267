import type { ApiKey } from '../store/vault.ts';

/**
 * Returns which human a key is of, or undefined for a machine's: the same for every key of one
 * address, and for tokens of it.
 */
export function personOfKey(key: ApiKey | undefined): string | undefined {
  return key?.kind === 'person' ? (key.email ?? key.name) : undefined;
}

/** Whoever knows people by the ids of their keys and tokens. */
export type Knowing = {
  readonly keys: { readonly find: (id: string) => ApiKey | undefined };
  readonly identity: { readonly namesBehind: (id: string) => readonly string[] };
};

/** Returns what the human is called who has a key or a token; nothing where that is not known. */
export function namesBehind(id: string, { keys, identity }: Knowing): readonly string[] {
  const who = personOfKey(keys.find(id));
  return who === undefined ? identity.namesBehind(id) : [who];
}
