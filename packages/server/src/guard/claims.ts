import type { Claim } from '@plumbline/core';

import type { EndOfClaim } from './claim-types.ts';
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

/** Ends a claim for good, and with it what was handed down of it. */
export async function revokeClaim(desk: Desk, of: EndOfClaim): Promise<Outcome<Recorded>> {
  const found = findSession(desk, of);
  if (!found.ok) return found;
  return durably(desk, () => revokeTurn(desk, of));
}

function revokeTurn(
  desk: Desk,
  of: EndOfClaim,
): Outcome<Recorded & { readonly durable: Promise<void> }> {
  const found = findSession(desk, of);
  if (!found.ok) return found;
  const { live, session } = found.value;
  const { id, by } = of;
  if (live.state.sessions.get(session.id)?.claimIds.has(id) !== true) {
    return refuse('not-found', `the session has no claim \`${id}\``);
  }
  // What is below goes first: what is above is what its end is answered for.
  for (const heir of live.heirs.get(session.id)?.values() ?? []) {
    revokeTurn(desk, { agent: heir.agent, session: heir.session, id, by });
  }
  const at = momentOf(desk, live);
  const event = { kind: 'claim_revoked', at, session: session.id, id, by } as const;
  return done(recordEvent(desk, live, { event, session }));
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
