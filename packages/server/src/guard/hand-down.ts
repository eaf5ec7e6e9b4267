import { type Claim, type Delegation, matchesTool, MOST_LINKS } from '@plumbline/core';

import type { Handover, ProvenClaim } from './claim-types.ts';
import type { Subject } from '../store/vault.ts';
import type { Desk } from './desk.ts';
import type { OpenRequest, Outcome } from './guard.ts';
import { heirOf, holdHeir } from './heir-table.ts';
import { isStopped } from './heirs.ts';
import { makeId } from './ids.ts';
import { whyVoid } from './live-agent.ts';
import { done, refuse } from './refusal.ts';
import { findSession, type Found, momentOf, recordNote } from './turn.ts';

/** What a session is handed down with. */
export type HandedDown = {
  readonly parent: Found;
  readonly handover: Handover;
  /** Root first, this hand-over last. */
  readonly chain: readonly Delegation[];
};

/**
 * Returns a request for a session that is handed down, with what it takes from its parent: the
 * principal and the room. One that says otherwise is refused.
 */
export function inherit(desk: Desk, request: OpenRequest): Outcome<OpenRequest> {
  const { parent: handover } = request;
  if (handover === undefined) return done(request);
  if ((request.claims?.length ?? 0) > 0 || request.proof !== undefined) {
    return refuse('bad-request', 'what is handed down takes its claims from its parent alone');
  }
  const found = findParent(desk, handover);
  if (!found.ok) return found;
  const { principal, room } = found.value.session.opening;
  if (request.principal !== '' && request.principal !== principal) {
    return refuse('conflict', 'the principal must be that of the session that hands down');
  }
  if (request.room !== null && request.room !== room) {
    return refuse('conflict', 'the room must be that of the session that hands down');
  }
  return done({ ...request, principal, room });
}

/** Returns a session that may hand down, or why it may not. */
function findParent(desk: Desk, { agent, session }: Handover): Outcome<Found> {
  const found = findSession(desk, { agent, session });
  if (!found.ok) return found;
  if (!isStopped(found.value.live, session)) return found;
  return refuse('conflict', 'the session that would hand down is halted: a person resumes it');
}

/** Returns with what a session is handed down, or null when it is not. */
export function handedDown(desk: Desk, request: OpenRequest): Outcome<HandedDown | null> {
  const { parent: handover } = request;
  if (handover === undefined) return done(null);
  const found = findParent(desk, handover);
  if (!found.ok) return found;
  const above = found.value.session.opening.delegation ?? [];
  if (above.length >= MOST_LINKS) {
    return refuse('bad-request', `a chain has at most ${MOST_LINKS} links: open a session instead`);
  }
  const { agent, session, tools, effects } = handover;
  const ends = [handover.untilMs, ...above.map(({ untilMs }) => untilMs)];
  const known = ends.filter((end) => end !== null);
  const untilMs = known.length === 0 ? null : Math.min(...known);
  const link = { agent, session, tools, effects, untilMs };
  return done({ parent: found.value, handover, chain: [...above, link] });
}

/**
 * Returns why a session is not handed down now, or null: it takes a hand-off that was let through,
 * is not void, and was not used before.
 */
export function whyNotHanded(
  desk: Desk,
  { parent, handover, chain }: HandedDown,
  to: string,
): Outcome<never> | null {
  const { live, session } = parent;
  const tool = `handoff.${to}`;
  const { decision } = handover;
  if (decision === null) return refuse('bad-request', wanted(parent, tool));
  const flight = live.flights.get(decision);
  if (flight?.session !== session.id || flight.call.tool !== tool) {
    const why = `\`${decision}\` is no decision in flight that lets \`${tool}\` through`;
    return refuse('not-let-through', why);
  }
  // A permit that was not redeemed and is good for nothing any more let nothing through.
  const given = live.permits.current(flight.permit ?? '', (permit) => whyVoid(live, permit));
  if (flight.redeemedAt === null && given === null) {
    return refuse('not-let-through', `the permit of \`${decision}\` is void: decide again`);
  }
  if (heirOf(live.heirs, session.id, decision) !== undefined) {
    return refuse('conflict', `\`${decision}\` has handed down a session already: decide again`);
  }
  const end = chain.at(-1)?.untilMs ?? null;
  if (end === null || end > momentOf(desk, live)) return null;
  return refuse('bad-request', '`untilMs` is past for this link or one above it');
}

function wanted({ live }: Found, tool: string): string {
  const isNamed = live.pact?.layers.some(({ allow }) => {
    return allow.some(({ tools }) => tools.some((glob) => matchesTool(glob, tool)));
  });
  const how = `have \`${live.agent}\` decide \`${tool}\` and name that \`decision\``;
  return isNamed === true
    ? how
    : `the pact lets no hand-off through: allow \`${tool}\`, then ${how}`;
}

/**
 * Returns the claims that are handed down: those that were asked for, as far as the parent holds
 * them, and never for longer. One of single use stays where it is.
 */
export function claimsFor(
  desk: Desk,
  { parent, handover, chain }: HandedDown,
): Outcome<readonly ProvenClaim[]> {
  const { live, session } = parent;
  const now = momentOf(desk, live);
  const held = (live.state.sessions.get(session.id)?.claims ?? []).filter((claim) => {
    return claim.once !== true && claim.expiresAtMs > now;
  });
  const end = chain.at(-1)?.untilMs ?? null;
  const claims: ProvenClaim[] = [];
  for (const { name, values } of handover.claims) {
    const found = held.filter((claim) => claim.name === name);
    const missing = values.find((value) => !found.some((claim) => claim.values.includes(value)));
    if (missing !== undefined) {
      return refuse('bad-request', `the session that hands down holds no claim \`${name}\` of it`);
    }
    for (const claim of found) claims.push(...narrowed(desk, claim, { values, end, now }));
  }
  return done(claims);
}

function narrowed(
  desk: Desk,
  { session: _held, ...claim }: Claim,
  {
    values,
    end,
    now,
  }: { readonly values: readonly string[]; readonly end: number | null; readonly now: number },
): readonly ProvenClaim[] {
  const kept = claim.values.filter((value) => values.includes(value));
  if (kept.length === 0) return [];
  const expiresAtMs = Math.min(claim.expiresAtMs, end ?? claim.expiresAtMs);
  // Under the same id, so that it ends with the one it came from.
  const id = claim.id ?? makeId('clm', now, desk.random);
  return [{ ...claim, id, values: kept, expiresAtMs }];
}

/** Returns whose data a session holds that is handed down: the same person's as above. */
export function subjectAbove(
  { parent: { session } }: HandedDown,
  { subject }: Pick<OpenRequest, 'subject'>,
): Outcome<Subject> {
  if (subject === null) return done(session.subject);
  return refuse('bad-request', '`subject` is that of the session that hands down: leave it out');
}

/** Writes down, in its parent's chain, that a session is handed down. */
export function recordHandedDown(
  desk: Desk,
  { parent: { live, session }, handover }: HandedDown,
  to: { readonly agent: string; readonly session: string },
): void {
  const decision = handover.decision ?? '';
  const open = { decision, toAgent: to.agent, toSession: to.session };
  recordNote(desk, live, { kind: 'delegated', open, session });
  holdHeir(live.heirs, { from: session.id, decision, ...to });
}
