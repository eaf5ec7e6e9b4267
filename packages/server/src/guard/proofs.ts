import type { Claim } from '@plumbline/core';

import type { Appended } from '../ledger/sequencer.ts';
import type { PrincipalProof, ProofOf, ProvenClaim } from './claim-types.ts';
import { faultIn } from './claims.ts';
import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import { makeId } from './ids.ts';
import type { LiveAgent } from './live-agent.ts';
import { done, refuse } from './refusal.ts';
import {
  amongWaiting,
  durably,
  findSession,
  type Found,
  momentOf,
  recordEvent,
  type Recorded,
  recordNote,
} from './turn.ts';

/** What is proved or attested of a session's principal. */
export type Proving = Pick<ProofOf, 'proof' | 'claims'>;

const MOST_CLAIMS = 32;

/** Returns why a proof or claims are not taken for a session, null: one that is being opened. */
export function whyNotProved(
  desk: Desk,
  { proof, claims }: Proving,
  of: { readonly session: string | null; readonly principal: string; readonly now: number },
): Outcome<never> | null {
  const all = [...(proof?.claims ?? []), ...claims];
  if (all.length > MOST_CLAIMS) return refuse('bad-request', `more than ${MOST_CLAIMS} claims`);
  for (const claim of all) {
    const fault = faultIn(claim);
    if (fault !== null) return refuse('bad-request', fault);
  }
  if (proof === null) return null;
  const { token, principal } = proof;
  if (principal !== of.principal) {
    return refuse('conflict', "the token is not the principal's of this session");
  }
  if (desk.tokens.wasUsed(token.digest, token.isOnce ? null : (of.session ?? ''))) {
    return refuse('token-used', 'the token was used before: have the principal get a fresh one');
  }
  if (desk.tokens.hasRoom(of.now)) return null;
  return refuse('overloaded', 'too many tokens are remembered: wait until some have run out');
}

/** Writes down that a token was used, before anything of it counts. */
export function recordToken(
  desk: Desk,
  live: LiveAgent,
  { session, proof }: { readonly session: string; readonly proof: PrincipalProof | null },
): Appended | null {
  if (proof === null) return null;
  const { digest, untilMs, isOnce } = proof.token;
  const open = { token: digest, session, untilMs, once: isOnce };
  const noted = recordNote(desk, live, { kind: 'token_used', open });
  desk.tokens.note(proof.token, session);
  return noted;
}

/** Records what was proved and attested. Throws what the recorder throws. */
export function recordProved(
  desk: Desk,
  { live, session }: Found,
  { proof, claims }: Proving,
): Appended | null {
  const at = momentOf(desk, live);
  const attested = claims.map(({ withinMs, ...claim }) => ({
    ...claim,
    id: makeId('clm', at, desk.random),
    verifiedAtMs: at,
    expiresAtMs: at + withinMs,
  }));
  return recordClaims(desk, { live, session }, [...(proof?.claims ?? []), ...attested]);
}

/** Records claims of one session. Throws what the recorder throws. */
export function recordClaims(
  desk: Desk,
  { live, session }: Found,
  claims: readonly ProvenClaim[],
): Appended | null {
  const at = momentOf(desk, live);
  let last: Appended | null = null;
  for (const each of claims) {
    // What ran out while it was on its way is no claim any more.
    if (each.expiresAtMs <= at) continue;
    const claim: Claim = { ...each, session: session.id };
    last = recordEvent(desk, live, { event: { kind: 'claim', at, claim }, session });
  }
  return last;
}

/** Takes down what a principal proved, or an opener attests, of a session that is open. */
export async function proveIn(
  desk: Desk,
  of: ProofOf,
): Promise<Outcome<Recorded & { readonly claims: number }>> {
  const found = findSession(desk, of);
  if (!found.ok) return found;
  return amongWaiting(desk, found.value.live, () => durably(desk, () => proveTurn(desk, of)));
}

function proveTurn(desk: Desk, of: ProofOf): Outcome<Appended & { readonly claims: number }> {
  const found = findSession(desk, of);
  if (!found.ok) return found;
  const { live, session } = found.value;
  const { principal, delegation } = session.opening;
  if (delegation !== undefined) {
    return refuse('conflict', 'a session that was handed down takes no claims: prove it above');
  }
  const now = momentOf(desk, live);
  const fault = whyNotProved(desk, of, { session: session.id, principal, now });
  if (fault !== null) return fault;
  const used = recordToken(desk, live, { session: session.id, proof: of.proof });
  const last = recordProved(desk, found.value, of) ?? used;
  if (last === null) return refuse('bad-request', 'there is nothing to record: name a claim');
  return done({ ...last, claims: of.claims.length + (of.proof?.claims.length ?? 0) });
}
