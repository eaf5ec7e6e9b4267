import {
  type AskBook,
  type CompiledPact,
  type Delegation,
  type Digest,
  emptyBook,
  initialState,
  noPeopleNotes,
  noStaging,
  type PeopleNotes,
  type Permit,
  type StagingBook,
  type State,
} from '@plumbline/core';

import type { Appended } from '../ledger/sequencer.ts';
import type { Subject } from '../store/vault.ts';
import { FlightTable } from './flight-table.ts';
import type { AgentStatus } from './agent-status.ts';
import type { Answer, OpenRequest, Outcome } from './guard.ts';
import { Stops } from './halts/stops.ts';
import type { Heirs } from './heir-table.ts';
import { type Clocks, PermitTable } from './permits.ts';
import type { Told } from './told.ts';

/** What an answer says for good; its permit and arguments are looked up each time. */
export type AnswerParts = Omit<Answer, 'permit' | 'args' | 'isRepeat'> & {
  readonly permitId: string | null;
};

/** One request id of a session: its body, and what was answered. */
export type RequestNote = {
  readonly digest: Digest;
  /** The answer while it is being made; later requests of this id wait for it. */
  running: Promise<Outcome<Answer>> | null;
  /** Null while nothing was decided yet. */
  answer: AnswerParts | null;
  /** Resolves when the outcome is durable; null while none was reported. */
  reported: Promise<unknown> | null;
  /** Whether the outcome that was reported is that the action never left. */
  isNotSent: boolean;
  /** Whether it was reported later that it ran all the same, which is written down once. */
  isBelied: boolean;
};

/** An open session. */
export type LiveSession = {
  readonly id: string;
  readonly subject: Subject;
  readonly opening: Opening;
  /** Where its opening stands, and when that is durable. */
  readonly opened: Appended;
  readonly requests: Map<string, RequestNote>;
  readonly byDecision: Map<string, RequestNote>;
  /** How often each rule sent the agent to somebody for more authority. */
  readonly escalated: Map<string, number>;
  /** How often a supervisor found what, since the daemon was started. */
  readonly found: Map<string, number>;
};

/** What was attested when a session was opened; the same name again must say the same. */
export type Opening = Pick<
  OpenRequest,
  'principal' | 'task' | 'room' | 'attributes' | 'name' | 'openedBy'
> & {
  /** Who hands it down, root first; absent: nobody. */
  readonly delegation?: readonly Delegation[];
};

/** A second pact on the agent's traffic, with a state of its own. */
export type Shadow = { readonly pact: CompiledPact; state: State };

/** One agent: its state, and everything of it that is not in the log. */
export type LiveAgent = {
  readonly agent: string;
  /** INVARIANT: the fold of what is in the log, and of what is `owed` to it. */
  state: State;
  /** What people decided about it, beside the state; the fold of the same entries. */
  people: PeopleNotes;
  /** How far its staged actions have come; the fold of the same entries. */
  staging: StagingBook;
  /** The armed pact that passed its self-test; null: everything is refused. */
  pact: CompiledPact | null;
  shadow: Shadow | null;
  /** INVARIANT: the fold of the same as `state`, with votes and readings. */
  readonly asks: AskBook;
  /** Are called whenever an ask may have changed. */
  readonly askWaiters: Set<() => void>;
  readonly sessions: Map<string, LiveSession>;
  /** Open sessions by their opener and what it calls them. */
  readonly names: Map<string, LiveSession>;
  /** What its sessions handed down. */
  readonly heirs: Heirs;
  /** Request ids of all open sessions together. */
  requestCount: number;
  /** Openings on their way, by the same. */
  readonly opening: Map<string, Promise<unknown>>;
  /** Resolves when no pact is being armed; arming goes one after the other. */
  arming: Promise<unknown>;
  /** The last closed sessions, so that they are told apart from those that never were. */
  readonly closed: Set<string>;
  readonly flights: FlightTable;
  readonly permits: PermitTable;
  /** What enforcement points that redeem permits themselves are told. */
  readonly stops: Stops;
  /** The ids of the halts of which it is written down that they are effective. */
  readonly effective: Set<string>;
  /** Halts and findings that are in force and could not be written down yet. */
  readonly owed: Told[];
  /** Requests that wait: for facts, for the disk. */
  waiting: number;
};

const CLOSED_REMEMBERED = 10_000;
const PERMITS = 100_000;

/** Returns an agent of which nothing has happened yet. */
export function freshAgent(agent: string, clocks: Clocks): LiveAgent {
  return {
    agent,
    state: initialState(agent),
    people: noPeopleNotes(),
    staging: noStaging(),
    pact: null,
    shadow: null,
    asks: emptyBook(),
    askWaiters: new Set(),
    sessions: new Map(),
    names: new Map(),
    heirs: new Map(),
    requestCount: 0,
    opening: new Map(),
    arming: Promise.resolve(),
    closed: new Set(),
    flights: new FlightTable(),
    permits: new PermitTable(clocks, PERMITS),
    stops: new Stops(),
    effective: new Set(),
    owed: [],
    waiting: 0,
  };
}

const EFFECTIVE_REMEMBERED = 1_000;

/** Notes that it is written down of a halt that it is effective. */
export function noteEffective({ effective }: LiveAgent, halt: string): void {
  effective.add(halt);
  const [oldest] = effective.size > EFFECTIVE_REMEMBERED ? effective : [];
  if (oldest !== undefined) effective.delete(oldest);
}

/** Returns a session in which nothing has happened yet. */
export function liveSession(
  id: string,
  of: Pick<LiveSession, 'subject' | 'opening' | 'opened'>,
): LiveSession {
  return {
    id,
    ...of,
    requests: new Map(),
    byDecision: new Map(),
    escalated: new Map(),
    found: new Map(),
  };
}

/** Takes up a session that was opened. */
export function holdSession(live: LiveAgent, session: LiveSession): void {
  live.requestCount += session.requests.size;
  live.sessions.set(session.id, session);
  const key = nameKey(session.opening);
  if (key !== null) live.names.set(key, session);
}

/** Returns the key of what an opener calls a session; null without a name. */
export function nameKey({ openedBy, name }: Pick<Opening, 'openedBy' | 'name'>): string | null {
  return name === null ? null : JSON.stringify([openedBy, name]);
}

/** Forgets a session that ended, with what is in flight in it: nothing follows in its chain. */
export function dropSession(live: LiveAgent, id: string): void {
  const session = live.sessions.get(id);
  const key = session === undefined ? null : nameKey(session.opening);
  if (key !== null && live.names.get(key) === session) live.names.delete(key);
  live.sessions.delete(id);
  live.heirs.delete(id);
  live.requestCount -= session?.requests.size ?? 0;
  for (const { decision, session: of } of live.flights.values()) {
    if (of === id) live.flights.delete(decision);
  }
  live.closed.add(id);
  const [oldest] = live.closed.size > CLOSED_REMEMBERED ? live.closed : [];
  if (oldest !== undefined) live.closed.delete(oldest);
}

/**
 * Returns why a permit is void, or null while it stands. The kernel can halt a session without
 * raising the agent's epoch, so the session is looked at too.
 * Source: spec/decide.md, sections "Permits" and "Halts".
 */
export function whyVoid({ state }: LiveAgent, permit: Permit): string | null {
  const session = state.sessions.get(permit.session);
  if (session === undefined) return 'the session is closed';
  if (session.haltedBy !== null) return 'the session is halted';
  if (state.epoch !== permit.epoch) return 'there was a halt since';
  return state.pact === permit.pact ? null : 'another pact is armed';
}

/** Returns how an agent stands. */
export function statusOf(live: LiveAgent, leases: readonly string[]): AgentStatus {
  const { state, pact } = live;
  const levels = pact?.layers.map(({ autonomy }) => autonomy) ?? [];
  const halts = [...state.halts.values()];
  return {
    agent: live.agent,
    pact: pact?.digest ?? null,
    shadow: live.shadow?.pact.digest ?? null,
    epoch: state.epoch,
    halts: halts.map(({ scope, target, reason }) => ({ scope, target, reason })),
    openSessions: state.sessions.size,
    inFlight: state.flights.size,
    waiting: live.waiting,
    reviews: [...live.people.reviews.values()].filter(({ finding }) => finding === null).length,
    alerts: live.people.alerts,
    autonomy: levels.reduce<1 | 2 | 3 | null>(least, null),
    leases,
  };
}

function least(before: 1 | 2 | 3 | null, level: 1 | 2 | 3): 1 | 2 | 3 {
  return before === null || level < before ? level : before;
}
