import { hash } from 'node:crypto';

import {
  type Action,
  BOUNDS,
  canonical,
  type CompiledPact,
  decide,
  type Decision,
  type Fact,
  type FactRequest,
  hasRoomFor,
  type JsonObject,
  ordered,
  type Permit,
  plan,
} from '@plumbline/core';

import type { Appended } from '../ledger/sequencer.ts';
import { answerOf, answerParts, argsToActWith } from './answers.ts';
import { askOf } from './asks.ts';
import type { Desk } from './desk.ts';
import { noteEscalations } from './escalations.ts';
import { gatherFacts } from './gather-facts.ts';
import type { ActionRequest, Answer, Outcome } from './guard.ts';
import { noLease } from './halts/lease-requests.ts';
import type { Lease } from './halts/leases.ts';
import { makeId } from './ids.ts';
import type { RequestNote } from './live-agent.ts';
import { done, refuse } from './refusal.ts';
import { settleBefore } from './settle-asks.ts';
import { alertOnClaim } from './role-claims.ts';
import { raiseReview } from './reviews.ts';
import { isShallow } from './shallow.ts';
import { routeFor } from './staging.ts';
import { amongWaiting, durably, findSession, momentOf, recordEvent, recordNote } from './turn.ts';
import type { Found } from './turn.ts';

const SECRET_BYTES = 16;
const LONGEST_ID = 255;

/** One request on its way to its decision. */
type Asked = Found & {
  readonly note: RequestNote;
  readonly action: Action;
  readonly request: ActionRequest;
  /** Looked at because another pact is armed: only what people are asked again is recorded. */
  readonly isReask?: true;
};

/** Decides one action, or answers what was decided about this request before. */
export async function decideAction(desk: Desk, request: ActionRequest): Promise<Outcome<Answer>> {
  const found = findSession(desk, request);
  if (!found.ok) return found;
  const fault = faultIn(request);
  if (fault !== null) return fault;
  return amongWaiting(desk, found.value.live, () => answerRequest(desk, found.value, request));
}

function faultIn({ request, tool, args }: ActionRequest): Outcome<never> | null {
  if (request.length === 0 || request.length > LONGEST_ID) {
    return refuse('bad-request', `\`request\` must have 1 to ${LONGEST_ID} characters`);
  }
  if (tool.length === 0 || tool.length > LONGEST_ID) {
    return refuse('bad-request', `\`tool\` must have 1 to ${LONGEST_ID} characters`);
  }
  return isShallow(args) ? null : refuse('too-large', '`args` is nested too deep: flatten it');
}

/** The digest of an action's body. Source: spec/decide.md, section "Action". */
export function actionOf(request: {
  readonly session: string;
  readonly request: string;
  readonly tool: string;
  readonly args: JsonObject;
}): Action {
  const { session, tool } = request;
  const args = ordered(request.args);
  const digest = `sha256:${hash('sha256', canonical({ args, tool }), 'hex')}` as const;
  // The kernel remembers deferrals by this id for the whole agent; sessions may use the same ids.
  return { id: `${session}/${request.request}`, session, tool, args, digest };
}

function answerRequest(
  desk: Desk,
  { live, session }: Found,
  request: ActionRequest,
): Promise<Outcome<Answer>> {
  const action = actionOf(request);
  const known = session.requests.get(request.request);
  if (known === undefined) return firstAnswer(desk, { live, session }, { action, request });
  const asked = { live, session, note: known, action, request };
  if (known.digest !== action.digest) return conflict(desk, asked);
  return known.running === null ? laterAnswer(desk, asked) : repeated(known.running);
}

async function firstAnswer(
  desk: Desk,
  { live, session }: Found,
  { action, request }: Pick<Asked, 'action' | 'request'>,
): Promise<Outcome<Answer>> {
  const { requests } = session;
  if (requests.size >= desk.parts.bounds.requests) {
    return refuse('too-large', `the session has had ${requests.size} requests: open another`);
  }
  if (live.requestCount >= desk.parts.bounds.allRequests) {
    return refuse('overloaded', `open sessions had ${live.requestCount} requests: close some`);
  }
  const note: RequestNote = {
    digest: action.digest,
    running: null,
    answer: null,
    reported: null,
    isNotSent: false,
    isBelied: false,
  };
  requests.set(request.request, note);
  live.requestCount += 1;
  return run(desk, { live, session, note, action, request });
}

// What waited for a person or for facts is decided afresh; every other answer stands.
async function laterAnswer(desk: Desk, asked: Asked): Promise<Outcome<Answer>> {
  const { answer } = asked.note;
  const kind = answer?.verdict;
  if (answer === null || kind === 'step_up' || kind === 'defer') return run(desk, asked);
  return done(answerOf(asked.live, answer, true));
}

async function repeated(running: Promise<Outcome<Answer>>): Promise<Outcome<Answer>> {
  const first = await running;
  return first.ok ? done({ ...first.value, isRepeat: true }) : first;
}

// The first body stands; the second is written down and nothing is decided about it.
async function conflict(desk: Desk, asked: Asked): Promise<Outcome<never>> {
  const { live, session, note, action, request } = asked;
  if (note.running !== null) await note.running;
  const open = { decision: note.answer?.decision ?? null };
  const { session: _, ...proposed } = action;
  const recorded = await durably(desk, () => {
    const found = findSession(desk, request);
    if (!found.ok) return found;
    const secret = { action: proposed };
    const { trace } = request;
    return done(recordNote(desk, live, { kind: 'conflict', open, session, secret, trace }));
  });
  if (!recorded.ok) return recorded;
  return refuse('conflict', `request \`${request.request}\` came before with another body`);
}

async function run(desk: Desk, asked: Asked): Promise<Outcome<Answer>> {
  const { note, session, request } = asked;
  note.running = decideNow(desk, asked);
  try {
    return await note.running;
  } finally {
    note.running = null;
    if (note.answer === null && session.requests.delete(request.request)) forgetOne(asked);
  }
}

// A session that ended meanwhile took its requests along.
function forgetOne({ live, session }: Asked): void {
  if (live.sessions.get(session.id) === session) live.requestCount -= 1;
}

async function decideNow(desk: Desk, asked: Asked): Promise<Outcome<Answer>> {
  const { live } = asked;
  const facts = desk.parts.sources.length === 0 ? [] : await factsFor(desk, asked);
  const recorded = await durably(desk, () => decideTurn(desk, asked, facts));
  return recorded.ok ? done(answerOf(live, recorded.value.answer, false)) : recorded;
}

// A pact that is armed while facts are gathered may need others; twice is enough, and what is
// missing then denies.
async function factsFor(desk: Desk, { live, session, action }: Asked): Promise<readonly Fact[]> {
  let facts: readonly Fact[] = [];
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const { pact, shadow } = live;
    const requests = requestsOf([pact, shadow?.pact ?? null], action);
    if (requests.length === 0) return [];
    facts = await gatherFacts({
      requests,
      action,
      agent: live.agent,
      attributes: live.state.sessions.get(session.id)?.attributes ?? {},
      sources: desk.parts.sources,
      withinMs: desk.parts.bounds.gatherMs,
    });
    if (live.pact === pact) return facts;
  }
  return facts;
}

/** Returns the facts that any of some pacts may need for an action, each once. */
export function requestsOf(
  pacts: readonly (CompiledPact | null)[],
  action: Action,
): readonly FactRequest[] {
  const byName = new Map<string, FactRequest>();
  for (const pact of pacts) {
    for (const request of pact === null ? [] : plan(pact, action)) {
      const known = byName.get(request.name);
      if (known === undefined) byName.set(request.name, request);
    }
  }
  return [...byName.values()];
}

type Taken = Appended & { readonly answer: ReturnType<typeof answerParts> };

/** One turn: decide, append, apply, without a wait in between. */
function decideTurn(desk: Desk, asked: Asked, facts: readonly Fact[]): Outcome<Taken> {
  const { live, action, request } = asked;
  const found = findSession(desk, request);
  if (!found.ok) return found;
  const { pact } = live;
  if (pact === null) return refuse('not-armed', `\`${live.agent}\` has no armed pact: publish one`);
  const { under } = request;
  if (under !== undefined && leaseOf(desk, live, under) === null) return noLease();
  const { chars } = live.flights;
  if (chars >= desk.parts.bounds.flightChars) {
    return refuse('overloaded', `${chars} characters are in flight: report outcomes first`);
  }
  settleBefore(desk, live, action);
  const route = routeFor(desk, live, action);
  const decision = decide(pact, live.state, { action, facts, now: momentOf(desk, live) });
  const unasked = whyNotAsked(asked, { pact, decision });
  if (unasked !== null) return unasked;
  const id = makeId('dec', decision.at, desk.random);
  const args = argsToActWith(decision.verdict, action.args);
  const permit = args === null ? null : permitFor(desk, asked, { id, decision, pact });
  const event = { kind: 'decided', at: decision.at, id, action, facts, decision } as const;
  const { session } = asked;
  const beside = { session, permit, route, trace: request.trace };
  const appended = recordEvent(desk, live, { event, ...beside });
  // Before anything below may halt, which voids it and waits for whoever holds it.
  if (permit !== null && args !== null) give(desk, asked, { permit, args });
  raiseReview(desk, live);
  alertOnClaim(desk, { live, session }, event);
  noteEscalations(desk, asked, { decision: id, obligations: decision.obligations });
  const { index, durable } = appended;
  const ask = askOf(live, action);
  const answer = answerParts(decision, { id, index, permitId: permit?.id ?? null, ask, route });
  noteAnswer(asked, answer);
  return done({ index, durable, answer });
}

// Nobody is asked more than can be remembered: what has no room is refused, and not recorded.
function whyNotAsked(
  { live, action, isReask }: Asked,
  { pact, decision }: { readonly pact: CompiledPact; readonly decision: Decision },
): Outcome<never> | null {
  if (decision.verdict.kind !== 'step_up') {
    return isReask === true ? refuse('conflict', 'nobody is asked under this pact') : null;
  }
  const subject = { session: action.session, action: action.digest, pact: pact.digest };
  const room = { subject, mostApprovals: BOUNDS.approvals };
  if (hasRoomFor(live.asks, live.state, room)) return null;
  return refuse('overloaded', 'too many approvals wait: have some decided first');
}

/**
 * Looks at what people were asked under an earlier pact again. Only when they are asked under this
 * one too is anything recorded; nothing is let through.
 */
export async function askAgain(
  desk: Desk,
  { live, session }: Found,
  { action, decision }: { readonly action: Action; readonly decision: string },
): Promise<void> {
  const request = action.id.slice(session.id.length + 1);
  const note = session.requests.get(request);
  // Whoever asked meanwhile has the new answer.
  if (note?.answer?.decision !== decision || note.running !== null) return;
  const { tool, args } = action;
  const again = { agent: live.agent, session: session.id, request, tool, args };
  await run(desk, { live, session, note, action, request: again, isReask: true });
}

function permitFor(
  desk: Desk,
  { live, action, session, request }: Asked,
  { id, decision, pact }: { id: string; decision: Decision; pact: CompiledPact },
): Permit {
  return {
    id: makeId('prm', decision.at, desk.random),
    decision: id,
    session: session.id,
    action: action.digest,
    pact: pact.digest,
    epoch: live.state.epoch,
    expiresAtMs: decision.at + lifeOf(desk, request),
  };
}

function give(
  desk: Desk,
  { live, session, action, request }: Asked,
  { permit, args }: { readonly permit: Permit; readonly args: JsonObject },
): void {
  const lastsMs = lifeOf(desk, request);
  const lease = request.under?.lease ?? null;
  const secret = desk.random(SECRET_BYTES);
  live.permits.give(permit, args, { secret, lastsMs, lease, stop: live.stops.last });
  live.flights.set(permit.decision, {
    decision: permit.decision,
    session: session.id,
    subject: session.subject,
    call: { tool: action.tool, args },
    permit: permit.id,
    lease,
    redeemedAt: null,
    reporting: null,
  });
}

// Under a lease nobody acts longer than it lasts, unless it is renewed and asked again.
function lifeOf({ parts: { bounds } }: Desk, { under }: ActionRequest): number {
  return under === undefined ? bounds.permitMs : Math.min(bounds.permitMs, bounds.leaseMs);
}

function leaseOf(
  desk: Desk,
  { agent }: { readonly agent: string },
  under: NonNullable<ActionRequest['under']>,
): Lease | null {
  return desk.halts.leases.find({ agent, ...under });
}

// Only the latest decision of a request can be reported on: those before let nothing through.
function noteAnswer({ session, note }: Asked, answer: Taken['answer']): void {
  if (note.answer !== null) session.byDecision.delete(note.answer.decision);
  note.answer = answer;
  session.byDecision.set(answer.decision, note);
}
