import type { Claim } from '../authority/claim.ts';
import { BOUNDS } from './state.ts';
import type { SessionState } from './state.ts';

/**
 * Takes a claim. One with an id counts the first time only, and one of single use without an id
 * could never be spent, so it counts for nothing.
 */
export function takeClaim(session: SessionState, claim: Claim): void {
  if (claim.id === undefined ? claim.once === true : !takeId(session, claim.id)) return;
  session.claims.push(claim);
  if (session.claims.length > BOUNDS.claimsPerSession) session.claims.shift();
}

// A full table takes no further id: what it would forget could come back.
function takeId({ claimIds }: SessionState, id: string): boolean {
  if (claimIds.has(id) || claimIds.size >= BOUNDS.claimIds) return false;
  claimIds.add(id);
  return true;
}

/** Ends a claim for good, also one that was not recorded yet. */
export function endClaim(session: SessionState, id: string): void {
  takeId(session, id);
  dropClaims(session, (claim) => claim.id === id);
}

/** Ends the claims of single use that were not spent. */
export function voidGrants(session: SessionState): void {
  dropClaims(session, ({ once }) => once === true);
}

function dropClaims({ claims }: SessionState, isGone: (claim: Claim) => boolean): void {
  for (let at = claims.length - 1; at >= 0; at -= 1) {
    const claim = claims[at];
    if (claim !== undefined && isGone(claim)) claims.splice(at, 1);
  }
}
