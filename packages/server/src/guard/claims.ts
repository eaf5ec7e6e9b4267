import type { Claim } from '@plumbline/core';

import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import { done, refuse } from './refusal.ts';
import {
  amongWaiting,
  durably,
  findSession,
  momentOf,
  recordEvent,
  type Recorded,
} from './turn.ts';

/** How much of a claim is kept. The kernel keeps the last 64 of a session. */
export const CLAIM_BOUNDS = { nameChars: 200, values: 64, valueChars: 512 } as const;

/**
 * Records a verified statement about a session's principal, which counts from then on. Whoever
 * calls this has verified it: nothing that an agent or its content says is a claim.
 */
export async function recordClaim(
  desk: Desk,
  { agent, claim }: { readonly agent: string; readonly claim: Claim },
): Promise<Outcome<Recorded>> {
  const found = findSession(desk, { agent, session: claim.session });
  if (!found.ok) return found;
  const { live } = found.value;
  const fault = faultIn(claim);
  if (fault !== null) return refuse('bad-request', fault);
  return amongWaiting(desk, live, () => durably(desk, () => claimTurn(desk, { agent, claim })));
}

/** Records one claim in a turn. Throws what the recorder throws. */
function claimTurn(
  desk: Desk,
  { agent, claim }: { readonly agent: string; readonly claim: Claim },
): Outcome<Recorded & { readonly durable: Promise<void> }> {
  const found = findSession(desk, { agent, session: claim.session });
  if (!found.ok) return found;
  const { live, session } = found.value;
  const at = momentOf(desk, live);
  if (claim.expiresAtMs <= at) {
    return refuse('bad-request', `the claim \`${claim.name}\` has expired: verify it again`);
  }
  return done(recordEvent(desk, live, { event: { kind: 'claim', at, claim }, session }));
}

/** Returns why a claim is not kept, or null. */
export function faultIn({ name, values }: Pick<Claim, 'name' | 'values'>): string | null {
  const { nameChars, values: most, valueChars } = CLAIM_BOUNDS;
  if (name.length === 0 || name.length > nameChars) {
    return `the name of a claim must have 1 to ${nameChars} characters`;
  }
  if (values.length > most) return `the claim \`${name}\` has more than ${most} values`;
  return values.every((value) => value.length <= valueChars)
    ? null
    : `a value of the claim \`${name}\` is longer than ${valueChars} characters`;
}
