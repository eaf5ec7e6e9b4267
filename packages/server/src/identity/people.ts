import { hash } from 'node:crypto';

import type { Caller } from '../routes/caller.ts';
import type { Role } from '../store/vault.ts';
import { claimAt, textsIn, verifiedEmail } from './claim-values.ts';
import type { VerifiedToken } from './verify-token.ts';

const GROUP = /^[A-Za-z0-9_.-]{1,100}$/;
const MOST_GROUPS = 200;

/**
 * Returns the person a token speaks for. Roles come from the configured names alone: without one
 * the person is known and may do nothing. Who is counted as one person is told by the address the
 * issuer verified, or else by issuer and subject.
 */
export function personOf({ issuer, subject, claims }: VerifiedToken): Caller {
  const whole = `${issuer.issuer}|${subject}`;
  const email = verifiedEmail(claims, issuer.claims.email);
  const groups = textsIn(claimAt(claims, issuer.claims.groups)).filter((each) => GROUP.test(each));
  return {
    id: `oidc_${hash('sha256', whole, 'hex').slice(0, 16)}`,
    kind: 'person',
    roles: rolesIn(textsIn(claimAt(claims, issuer.claims.roles)), issuer.roles),
    scopes: [],
    agents: null,
    person: {
      id: email ?? whole,
      email,
      groups: groups.slice(0, MOST_GROUPS),
      names: [subject, ...textsIn(claimAt(claims, issuer.claims.email)).slice(0, 1)],
    },
    mechanism: 'oidc',
  };
}

function rolesIn(said: readonly string[], mapped: ReadonlyMap<string, Role>): readonly Role[] {
  return [...new Set(said.flatMap((name) => mapped.get(name) ?? []))];
}
