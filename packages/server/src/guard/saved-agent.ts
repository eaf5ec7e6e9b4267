import {
  type Call,
  type Digest,
  noPeopleNotes,
  noStaging,
  restore,
  restoreBook,
  restoreStaging,
  type Route,
  saveBook,
  type SavedBook,
  restorePeople,
  type SavedPeople,
  savePeople,
  saveStaging,
  type SavedStaging,
  type Snapshot,
  snapshot,
} from '@plumbline/core';

import type { Subject } from '../store/vault.ts';
import { type Heir, holdHeir } from './heir-table.ts';
import {
  type AnswerParts,
  freshAgent,
  holdSession,
  type LiveAgent,
  type LiveSession,
  liveSession,
  type Opening,
} from './live-agent.ts';
import type { Clocks } from './permits.ts';

type SavedRequest = {
  readonly request: string;
  readonly digest: Digest;
  /** Its route is missing in a snapshot from before there was any. */
  readonly answer: Omit<AnswerParts, 'route'> & { readonly route?: Route | null };
  readonly isReported: boolean;
  readonly isNotSent?: boolean;
};

type SavedSession = {
  readonly id: string;
  readonly subject: string;
  readonly opening: Opening;
  readonly index: number;
  readonly requests: readonly SavedRequest[];
  /** Missing, as below, in a snapshot from before there was any. */
  readonly escalated?: readonly (readonly [string, number])[];
};

type SavedFlight = {
  readonly decision: string;
  readonly session: string;
  readonly subject: string;
  readonly call: Call;
};

/** An agent as plain JSON: all of it but its permits, which end with the daemon. */
export type SavedAgent = {
  readonly agent: string;
  readonly state: Snapshot;
  readonly shadow: { readonly pact: string; readonly state: Snapshot } | null;
  readonly sessions: readonly SavedSession[];
  readonly flights: readonly SavedFlight[];
  readonly closed: readonly string[];
  readonly asks: SavedBook;
  /** Missing in a snapshot from before there was any. */
  readonly people?: SavedPeople;
  readonly staging?: SavedStaging;
  readonly effective?: readonly string[];
  readonly heirs?: readonly Heir[];
};

/** Returns an agent as plain JSON. */
export function saveAgent({ agent, state, shadow, ...live }: LiveAgent): SavedAgent {
  return {
    agent,
    state: snapshot(state),
    shadow: shadow === null ? null : { pact: shadow.pact.digest, state: snapshot(shadow.state) },
    sessions: [...live.sessions.values()].map(saveSession),
    flights: [...live.flights.values()].map(({ decision, session, subject, call }) => {
      return { decision, session, subject: subject.id, call };
    }),
    closed: [...live.closed],
    asks: saveBook(live.asks),
    people: savePeople(live.people),
    staging: saveStaging(live.staging),
    effective: [...live.effective],
    heirs: [...live.heirs.values()].flatMap((handed) => [...handed.values()]),
  };
}

function saveSession(session: LiveSession): SavedSession {
  const { id, subject, opening, opened, requests, escalated } = session;
  const saved = [...requests].flatMap(([request, { digest, answer, reported, isNotSent }]) => {
    if (answer === null) return [];
    const { permitId: _, ...rest } = answer;
    const isReported = reported !== null;
    return [{ request, digest, answer: { ...rest, permitId: null }, isReported, isNotSent }];
  });
  const held = { index: opened.index, requests: saved, escalated: [...escalated] };
  return { id, subject: subject.id, opening, ...held };
}

/** Returns the subjects an agent's sessions are sealed for. */
export function subjectsOf({ sessions, flights }: SavedAgent): readonly string[] {
  return [...sessions, ...flights].map(({ subject }) => subject);
}

/**
 * Returns the agent that was saved, without pact and shadow. `subjects` holds every one of
 * `subjectsOf`.
 */
export function restoreAgent(
  saved: SavedAgent,
  subjects: ReadonlyMap<string, Subject>,
  clocks: Clocks,
): LiveAgent {
  const live = { ...freshAgent(saved.agent, clocks), asks: restoreBook(saved.asks) };
  live.state = restore(saved.state);
  live.people = saved.people === undefined ? noPeopleNotes() : restorePeople(saved.people);
  live.staging = saved.staging === undefined ? noStaging() : restoreStaging(saved.staging);
  for (const session of saved.sessions) {
    const subject = subjects.get(session.subject);
    if (subject !== undefined) holdSession(live, restoreSession(session, subject));
  }
  for (const { subject: id, ...flight } of saved.flights) {
    const subject = subjects.get(id);
    if (subject === undefined) continue;
    const unknown = { permit: null, lease: null, redeemedAt: null, reporting: null };
    live.flights.set(flight.decision, { ...flight, subject, ...unknown });
  }
  for (const id of saved.closed) live.closed.add(id);
  for (const id of saved.effective ?? []) live.effective.add(id);
  for (const heir of saved.heirs ?? []) holdHeir(live.heirs, heir);
  return live;
}

function restoreSession(
  { id, opening, index, requests, escalated = [] }: SavedSession,
  subject: Subject,
): LiveSession {
  const opened = { index, durable: Promise.resolve() };
  const session = liveSession(id, { subject, opening, opened });
  for (const [rule, count] of escalated) session.escalated.set(rule, count);
  for (const { request, digest, answer, isReported, isNotSent = false } of requests) {
    const reported = isReported ? Promise.resolve() : null;
    const { route = null, ...rest } = answer;
    const kept = { ...rest, route };
    const note = { digest, answer: kept, reported, running: null, isNotSent, isBelied: false };
    session.requests.set(request, note);
    session.byDecision.set(answer.decision, note);
  }
  return session;
}
