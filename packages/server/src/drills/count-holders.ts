import type { DrillRule } from '@plumbline/core';

import type { ShownKey } from '../services/services.ts';

/** Fewer are too few, whatever a pact says or does not say. */
const LEAST = 3;

/** Returns how many people have to hold the right to halt. */
export function holdersNeeded(rule: DrillRule | null): number {
  return Math.max(LEAST, rule?.holders ?? LEAST);
}

/**
 * Returns how many people hold the right to halt: each once, whatever keys they have. Roles that
 * are taken in an emergency do not count, nor do machines.
 *
 * vouched: addresses of people who hold it by an issuer's token, as the configuration says.
 */
export function countHolders(
  keys: readonly ShownKey[],
  vouched: readonly string[],
  now: number,
): number {
  const people = new Set(vouched.map((address) => address.toLowerCase()));
  for (const { kind, roles, revokedAt, expiresAt, email, name } of keys) {
    const isLive = revokedAt === null && (expiresAt === null || expiresAt > now);
    const mayHalt = roles.some((role) => role !== 'viewer');
    if (kind === 'person' && isLive && mayHalt) people.add((email ?? name).toLowerCase());
  }
  return people.size;
}
