import { BOUNDS, canonical, type CloseReason, forgetAsksOf } from '@plumbline/core';

import type { Appended } from '../ledger/sequencer.ts';
import { type Subject, VaultError } from '../store/vault.ts';
import type { Desk } from './desk.ts';
import type { OpenRequest, Outcome } from './guard.ts';
import { claimsFor, handedDown, inherit, subjectAbove } from './hand-down.ts';
import { haltIfParentIs } from './halts/halt-child.ts';
import { voidGiven } from './halts/void-given.ts';
import type { Heir } from './heir-table.ts';
import { makeId } from './ids.ts';
import { whyNotTask } from './known-task.ts';
import { dropSession, type LiveAgent, type LiveSession, nameKey } from './live-agent.ts';
import { isOtherProof, openingOf, provingOf, recordOpening, whyNotOpened } from './opening.ts';
import { recordClaims, recordProved } from './proofs.ts';
import { done, refuse } from './refusal.ts';
import { noteRoleClaim } from './role-claims.ts';
import { isShallow } from './shallow.ts';
import { removeSnapshot } from './snapshot-file.ts';
import {
  amongWaiting,
  durably,
  findAgent,
  findSession,
  momentOf,
  recordEvent,
  type Recorded,
  refusalOf,
} from './turn.ts';

/** An open session: its id, and whether it was open already. */
export type OpenedSession = Recorded & { readonly session: string; readonly isRepeat: boolean };

// They stay in memory for as long as the session is open.
const MOST_ATTRIBUTES = 65_536;

/** Opens a session, or returns the open one that its opener calls the same. */
export async function openSession(
  desk: Desk,
  request: OpenRequest,
): Promise<Outcome<OpenedSession>> {
  const found = findAgent(desk, request.agent);
  if (!found.ok) return found;
  if (!isShallow(request.attributes)) {
    return refuse('too-large', '`attributes` is nested too deep: flatten it');
  }
  if (canonical(request.attributes).length > MOST_ATTRIBUTES) {
    const most = `\`attributes\` is longer than ${MOST_ATTRIBUTES} characters`;
    return refuse('too-large', `${most}: attest what rules look at`);
  }
  const inherited = inherit(desk, request);
  if (!inherited.ok) return inherited;
  return amongWaiting(desk, found.value, () => openOnce(desk, found.value, inherited.value));
}

// Opening the same name at once twice makes one session: the second waits for the first.
async function openOnce(
  desk: Desk,
  live: LiveAgent,
  request: OpenRequest,
): Promise<Outcome<OpenedSession>> {
  const key = nameKey(request);
  if (key === null) return openFresh(desk, live, request);
  for (let open = live.opening.get(key); open !== undefined; open = live.opening.get(key)) {
    await open;
  }
  const known = live.names.get(key);
  if (known !== undefined) return openAgain(desk, { live, known }, request);
  const opening = openFresh(desk, live, request);
  const settled = opening.catch(() => undefined).then(() => live.opening.delete(key));
  live.opening.set(key, settled);
  return opening;
}

async function openAgain(
  desk: Desk,
  { live, known }: { readonly live: LiveAgent; readonly known: LiveSession },
  request: OpenRequest,
): Promise<Outcome<OpenedSession>> {
  const { id, opening, opened, subject } = known;
  const otherwise = `an open session \`${id}\` of this name says otherwise: close it`;
  const handed = handedDown(desk, request);
  if (!handed.ok) return handed;
  if (canonical(openingOf(request, handed.value)) !== canonical(opening)) {
    return refuse('conflict', otherwise);
  }
  const isOther = isOtherProof(desk, { request, handed: handed.value, session: id });
  if (isOther) return refuse('conflict', otherwise);
  const asked = await subjectOf(desk, request);
  if (!asked.ok) return asked;
  if (live.sessions.get(id) !== known) return openOnce(desk, live, request);
  // What is sealed for one person is not erased with another.
  if (asked.value.id !== subject.id) return refuse('conflict', otherwise);
  return durably(desk, () => done({ ...opened, session: id, isRepeat: true }));
}

async function openFresh(
  desk: Desk,
  live: LiveAgent,
  request: OpenRequest,
): Promise<Outcome<OpenedSession>> {
  const why = live.pact === null ? null : whyNotTask(live.pact, request.task);
  if (why !== null) return refuse('bad-request', why);
  const subject = await subjectOf(desk, request);
  if (!subject.ok) return subject;
  return durably(desk, () => openTurn(desk, { live, request, subject: subject.value }));
}

/** Returns whose data a session holds; a person who is not known yet is taken in. */
async function subjectOf(desk: Desk, request: OpenRequest): Promise<Outcome<Subject>> {
  const handed = handedDown(desk, request);
  if (!handed.ok) return handed;
  if (handed.value !== null) return subjectAbove(handed.value, request);
  try {
    if (request.subjectId !== undefined) return await subjectById(desk, request.subjectId);
    return done(await desk.parts.subjects.named(request.subject ?? request.principal));
  } catch (error) {
    // Nothing was decided: a vault on a full disk takes the person once there is space.
    if (error instanceof VaultError) return refuse('unavailable', error.message);
    throw error;
  }
}

async function subjectById(desk: Desk, id: string): Promise<Outcome<Subject>> {
  const subject = await desk.parts.subjects.byId(id);
  return subject === undefined ? refuse('not-found', 'its person was erased') : done(subject);
}

function openTurn(
  desk: Desk,
  {
    live,
    request,
    subject,
  }: { readonly live: LiveAgent; readonly request: OpenRequest; readonly subject: Subject },
): Outcome<Appended & OpenedSession> {
  const found = findAgent(desk, request.agent);
  if (!found.ok) return found;
  if (live.pact === null) {
    return refuse('not-armed', `\`${live.agent}\` has no armed pact: publish one`);
  }
  if (desk.forgotten.has(subject.id)) {
    return refuse('unavailable', 'the subject is being erased: open the session again');
  }
  const handed = handedDown(desk, request);
  if (!handed.ok) return handed;
  const fault = whyNotOpened(desk, { live, request, handed: handed.value });
  if (fault !== null) return fault;
  const claims = handed.value === null ? done([]) : claimsFor(desk, handed.value);
  if (!claims.ok) return claims;
  while (live.state.sessions.size >= BOUNDS.sessions) evictIdlest(desk, live);
  const id = makeId('ses', momentOf(desk, live), desk.random);
  const session = recordOpening(desk, live, { id, request, subject, handed: handed.value });
  const place = { live, session };
  const handedOn = recordClaims(desk, place, claims.value);
  const last = recordProved(desk, place, provingOf(request)) ?? handedOn;
  haltIfParentIs(desk, live, id);
  const { index, durable } = session.opened;
  return done({ index, durable: last?.durable ?? durable, session: id, isRepeat: false });
}

function evictIdlest(desk: Desk, live: LiveAgent): void {
  let idlest: { readonly id: string; readonly lastAt: number } | null = null;
  for (const session of live.state.sessions.values()) {
    if (idlest === null || session.lastAt < idlest.lastAt) idlest = session;
  }
  if (idlest !== null) endSession(desk, live, { id: idlest.id, reason: 'evicted' });
}

// Nothing of an end is sealed, so a session ends in its chain also when its key is not there.
const NO_SUBJECT: Subject = { id: '', key: new Uint8Array(32) };

/** Ends an open session in one turn. Throws what the recorder throws. */
function endSession(
  desk: Desk,
  live: LiveAgent,
  { id, reason }: { readonly id: string; readonly reason: CloseReason },
): Appended {
  const subject = live.sessions.get(id)?.subject ?? NO_SUBJECT;
  const at = momentOf(desk, live);
  const event = { kind: 'session_closed', at, session: id } as const;
  const heirs = [...(live.heirs.get(id)?.values() ?? [])];
  const { index, durable } = recordEvent(desk, live, { event, reason, session: { id, subject } });
  dropSession(live, id);
  voidGiven(live, id);
  return { index, durable: endHeirs(desk, heirs)?.durable ?? durable };
}

// What a session handed down ends with it.
function endHeirs(desk: Desk, heirs: readonly Heir[]): Appended | null {
  let last: Appended | null = null;
  for (const { agent, session } of heirs) {
    const live = desk.agents.get(agent);
    if (live?.sessions.has(session) !== true) continue;
    last = endSession(desk, live, { id: session, reason: 'closed' });
  }
  return last;
}

/** Ends what was handed down by a session that is not open any more. */
export async function endOrphans(desk: Desk): Promise<Outcome<{ readonly closed: number }>> {
  const last: Appended[] = [];
  try {
    for (const live of desk.agents.values()) {
      last.push(...endOrphansOf(desk, live));
    }
    await last.at(-1)?.durable;
    return done({ closed: last.length });
  } catch (error) {
    return refusalOf(desk, error);
  }
}

function endOrphansOf(desk: Desk, live: LiveAgent): readonly Appended[] {
  return orphansOf(desk, live).map((id) => endSession(desk, live, { id, reason: 'closed' }));
}

function orphansOf({ agents }: Desk, live: LiveAgent): readonly string[] {
  return [...live.sessions.values()].flatMap(({ id, opening }) => {
    const above = opening.delegation?.at(-1);
    if (above === undefined) return [];
    return agents.get(above.agent)?.sessions.has(above.session) === true ? [] : [id];
  });
}

/** Closes a session. What is in flight in it can not be reported any more. */
export async function closeSession(
  desk: Desk,
  of: { readonly agent: string; readonly session: string },
): Promise<Outcome<Recorded>> {
  const found = findSession(desk, of);
  if (!found.ok) return found;
  const { live, session } = found.value;
  return durably(desk, () => done(endSession(desk, live, { id: session.id, reason: 'closed' })));
}

/** Takes down what the principal said, or what a stranger wrote that reached the agent. */
export async function takeMessage(
  desk: Desk,
  message: {
    readonly agent: string;
    readonly session: string;
    readonly from: 'principal' | 'untrusted';
    readonly text: string;
  },
): Promise<Outcome<Recorded>> {
  const found = findSession(desk, message);
  if (!found.ok) return found;
  const { live, session } = found.value;
  const { from, text } = message;
  return amongWaiting(desk, live, () => {
    return durably(desk, () => {
      const at = momentOf(desk, live);
      const event = { kind: 'message', at, session: session.id, from, text } as const;
      const { index, durable } = recordEvent(desk, live, { event, session });
      const claimed = noteRoleClaim(desk, live, { session, content: text });
      return done({ index, durable: claimed ?? durable });
    });
  });
}

const LONGEST_FLIGHT_MS = 86_400_000;

/**
 * Closes the sessions in which nothing happened for too long, and forgets permits that ran out. A
 * session with an action in flight waits a day for its outcome.
 */
export async function sweepSessions(desk: Desk): Promise<Outcome<{ readonly closed: number }>> {
  const last: Appended[] = [];
  try {
    for (const live of desk.agents.values()) {
      live.permits.sweep();
      last.push(...endOrphansOf(desk, live));
      for (const id of idleSessions(desk, live)) {
        // What was handed down may have ended with the one before it.
        if (live.state.sessions.has(id)) last.push(endSession(desk, live, { id, reason: 'idle' }));
      }
    }
    await last.at(-1)?.durable;
    return done({ closed: last.length });
  } catch (error) {
    return refusalOf(desk, error);
  }
}

function idleSessions(desk: Desk, live: LiveAgent): readonly string[] {
  const now = momentOf(desk, live);
  const { sessionIdleMs } = desk.parts.bounds;
  const flying = new Set([...live.flights.values()].map(({ session }) => session));
  const ids: string[] = [];
  for (const { id, lastAt } of live.state.sessions.values()) {
    const patienceMs = flying.has(id) ? LONGEST_FLIGHT_MS : sessionIdleMs;
    if (lastAt + Math.max(patienceMs, sessionIdleMs) <= now) ids.push(id);
  }
  return ids;
}

const FORGOTTEN_REMEMBERED = 10_000;

/** Closes every open session of a subject, whose key is about to be destroyed. */
export async function forgetSubject(
  desk: Desk,
  subject: string,
): Promise<Outcome<{ readonly sessions: readonly string[] }>> {
  if (desk.stopped !== null) return refuse('unavailable', desk.stopped);
  const sessions: string[] = [];
  desk.forgotten.add(subject);
  const [oldest] = desk.forgotten.size > FORGOTTEN_REMEMBERED ? desk.forgotten : [];
  if (oldest !== undefined) desk.forgotten.delete(oldest);
  try {
    let last: Appended | undefined;
    for (const live of desk.agents.values()) {
      for (const session of live.sessions.values()) {
        if (session.subject.id !== subject) continue;
        last = endSession(desk, live, { id: session.id, reason: 'erased' });
        sessions.push(session.id);
      }
      // What was asked in sessions that ended before is theirs as well.
      forgetAsksOf(live.asks, subject);
    }
    await last?.durable;
    return await withoutSnapshot(desk, { sessions });
  } catch (error) {
    return refusalOf(desk, error);
  }
}

// What was folded of the subject before its erasure stands in the snapshot as well.
async function withoutSnapshot<T>({ parts, snapshotting }: Desk, value: T): Promise<Outcome<T>> {
  await snapshotting;
  if (parts.snapshots === undefined) return done(value);
  try {
    await removeSnapshot(parts.snapshots);
    return done(value);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refuse('unavailable', `the snapshot could not be removed, erase again: ${why}`);
  }
}
