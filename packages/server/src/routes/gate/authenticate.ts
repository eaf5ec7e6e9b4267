import type { Keys } from '../../services/services.ts';
import { matchesHash, parseKeyToken } from '../../services/key-token.ts';
import { personOfKey } from '../../services/person-of-key.ts';
import type { ApiKey } from '../../store/vault.ts';
import type { Caller, Person } from '../caller.ts';
import type { Problem } from '../problem.ts';

/** Whoever may open the daemon's socket. */
export const LOCAL: Caller = {
  id: 'local',
  kind: 'local',
  roles: [],
  scopes: [],
  agents: null,
  person: null,
};

/** Who asks where no key is needed: somebody with no right at all. */
export const NOBODY: Caller = {
  id: 'nobody',
  kind: 'service',
  roles: [],
  scopes: [],
  agents: [],
  person: null,
};

/** Who asks, or why that is not known. */
export type Known = { readonly caller: Caller } | { readonly problem: Problem };

const BEARER = /^Bearer +(\S+) *$/i;

/** Returns the credential of an `Authorization` header, or undefined when it holds none. */
export function credentialIn(authorization: string | undefined): string | undefined {
  return BEARER.exec(authorization ?? '')?.[1];
}

// Compared with when there is no such key, so that the time does not tell which ids exist.
const NO_HASH = '0'.repeat(64);

/**
 * Returns who an `Authorization` header speaks for. Unknown, revoked and expired keys are one
 * fault, in one time.
 */
export function authenticate(
  authorization: string | undefined,
  keys: Pick<Keys, 'find'>,
  now: number,
): Known {
  if (authorization === undefined) {
    const detail = 'send `Authorization: Bearer plk_<id>_<secret>`, or a token where configured';
    return { problem: { code: 'no-key', detail } };
  }
  const key = keyIn(credentialIn(authorization) ?? '', keys, now);
  if (key === undefined) {
    return { problem: { code: 'bad-key', detail: 'the key is unknown, revoked or expired' } };
  }
  return { caller: callerOfKey(key) };
}

/** Returns the good key that a text spells, or undefined; in one time, whatever is wrong. */
export function keyIn(text: string, keys: Pick<Keys, 'find'>, now: number): ApiKey | undefined {
  const token = parseKeyToken(text);
  const key = token === undefined ? undefined : keys.find(token.id);
  const isSecret = matchesHash(token?.secret ?? '', key?.hash ?? NO_HASH);
  return key !== undefined && isSecret && isGoodKey(key, now) ? key : undefined;
}

/** Returns whether a key was neither revoked nor ran out. */
export function isGoodKey(
  { revokedAt, expiresAt }: Pick<ApiKey, 'revokedAt' | 'expiresAt'>,
  now: number,
): boolean {
  return revokedAt === null && !isPast(expiresAt, now);
}

/** Returns whoever holds a key. */
export function callerOfKey(key: ApiKey): Caller {
  const { id, kind, roles, scopes, agents, grants } = key;
  const caller = { id, kind, roles, scopes, agents, person: personIn(key) };
  return grants === undefined ? caller : { ...caller, grants };
}

function personIn(key: ApiKey): Person | null {
  const id = personOfKey(key);
  return id === undefined ? null : { id, email: key.email, groups: key.groups };
}

function isPast(expiresAt: number | null, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}
