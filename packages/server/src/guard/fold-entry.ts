import {
  apply,
  callOf,
  type CompiledPact,
  type Entry,
  eventsOf,
  isSecretOf,
  type Json,
  type JsonObject,
  keyOfLock,
  NO_PACT,
  notePeople,
  notePeopleEntry,
  noteStaging,
  type RecordedEvent,
  routeIn,
} from '@plumbline/core';

import { openPayload } from '../seal/seal.ts';
import type { Subject } from '../store/vault.ts';
import { answerParts } from './answers.ts';
import { askOf, foldAsks, foldNote } from './asks.ts';
import type { Desk } from './desk.ts';
import { countEscalations } from './escalations.ts';
import { foldHeir } from './heirs.ts';
import {
  dropSession,
  freshAgent,
  holdSession,
  type LiveAgent,
  type LiveSession,
  noteEffective,
  liveSession,
} from './live-agent.ts';
import { applyToShadow, shadowOf } from './shadow.ts';

/** The log cannot be gone on with; the message says where and why. */
export class RestoreError extends Error {}

/** What folding the log keeps beside the agents. */
export type Folding = {
  readonly desk: Desk;
  /** The pact last armed, by agent. */
  readonly armed: Map<string, CompiledPact>;
  /** The digest of the source blob, by pact. */
  readonly sources: Map<string, string>;
};

// What people decide about an agent that has no pact; for that none is looked at.
const NEEDS_NO_PACT: ReadonlySet<string> = new Set(['halt', 'resume', 'lock', 'unlock']);

const NO_SUBJECT: Subject = { id: '', key: new Uint8Array(32) };

/** Folds one entry of the log into the agents. Errors: throws `RestoreError`. */
export async function foldEntry(folding: Folding, entry: Entry, index: number): Promise<void> {
  const { agent, open, kind } = entry;
  if (agent === null) {
    foldNodeLock(folding.desk, entry);
    return;
  }
  const { pact, sources } = open;
  if (typeof pact === 'string' && typeof sources === 'string') folding.sources.set(pact, sources);
  const live = agentOf(folding.desk, agent);
  const { halt } = open;
  if (kind === 'halt_effective' && typeof halt === 'string') noteEffective(live, halt);
  folding.desk.tokens.fold(entry);
  foldHeir(live, entry);
  if (kind === 'armed') folding.armed.set(agent, await pactAt(folding, textOf(pact), index));
  if (kind === 'pact_shadowed') {
    live.shadow = shadowOf(await pactAt(folding, textOf(pact), index), live.state);
  }
  // What is published is no shadow any more.
  const isNoShadow = kind === 'pact_withdrawn' || kind === 'pact_published';
  if (isNoShadow && live.shadow?.pact.digest === pact) live.shadow = null;
  await foldEvents(folding, live, { entry, index });
  noteStaging(live.staging, folding.armed.get(agent)?.staging ?? null, entry);
}

// Everyone who reads the log sees what is locked, so it is all in the open part.
function foldNodeLock({ locks }: Desk, { kind, at, open }: Entry): void {
  if (kind !== 'node_lock' && kind !== 'node_unlock') return;
  const field = orNull(open['field']);
  const on = { entity: textOf(open['entity']), id: textOf(open['id']), field };
  if (kind === 'node_unlock') {
    locks.delete(keyOfLock(on));
    return;
  }
  const { untilMs } = open;
  const ends = typeof untilMs === 'number' ? untilMs : null;
  const said = { by: textOf(open['by']), reason: orNull(open['reason']), at };
  locks.set(keyOfLock(on), { ...on, untilMs: ends, ...said });
}

function orNull(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

type Placed = { readonly entry: Entry; readonly index: number };

function agentOf(desk: Desk, agent: string): LiveAgent {
  const known = desk.agents.get(agent);
  if (known !== undefined) return known;
  const live = freshAgent(agent, desk.parts.clocks);
  desk.agents.set(agent, live);
  return live;
}

async function pactAt(
  { desk, sources }: Folding,
  digest: string,
  at: number,
): Promise<CompiledPact> {
  const pact = await desk.parts.pactOf(digest, sources.get(digest) ?? null);
  if (pact?.digest === digest) return pact;
  throw new RestoreError(`entry ${at}: pact \`${digest}\` cannot be compiled from its sources`);
}

async function foldEvents(folding: Folding, live: LiveAgent, placed: Placed): Promise<void> {
  const { entry, index } = placed;
  const subject =
    entry.sealed === null ? undefined : await subjectOf(folding, entry.sealed.subject);
  const secret = subject === undefined ? null : await secretOf(folding, subject, placed);
  const flight = entry.kind === 'outcome' ? live.flights.get(textOf(entry.open['decision'])) : null;
  notePeopleEntry(live.people, entry, secret);
  const events = eventsOf(entry, secret, flight?.call ?? null);
  foldNote(live, entry, secret);
  const [event] = events;
  if (event === undefined) return;
  const pact = folding.armed.get(live.agent);
  if (pact === undefined) {
    if (!NEEDS_NO_PACT.has(event.kind)) {
      throw new RestoreError(`entry ${index}: \`${entry.kind}\` of an agent without a pact`);
    }
  }
  for (const each of events) foldEvent(live, pact ?? NO_PACT, each);
  keep(live, event, { ...placed, subject, secret });
}

function foldEvent(live: LiveAgent, pact: CompiledPact, event: RecordedEvent): void {
  live.state = apply(pact, live.state, event);
  foldAsks(live, event);
  notePeople(live.people, pact, event);
  if (live.shadow !== null) applyToShadow(live.shadow, event);
}

async function subjectOf({ desk }: Folding, id: string): Promise<Subject | undefined> {
  return desk.parts.subjects.byId(id);
}

async function secretOf(
  { desk }: Folding,
  subject: Subject,
  { entry, index }: Placed,
): Promise<JsonObject | null> {
  const { sealed } = entry;
  if (sealed === null) return null;
  const blob = 'blob' in sealed ? await desk.parts.sequencer.blob(sealed.blob.digest) : undefined;
  const shown = blob === undefined ? {} : { blob };
  const opened = openPayload({ sealed, subjectKey: subject.key, ...shown });
  if (!opened.ok) throw new RestoreError(`entry ${index}: ${opened.error.message}`);
  // What was sealed is JSON; whether it is of its kind is asked next.
  const value = JSON.parse(Buffer.from(opened.value).toString('utf8')) as Json;
  if (isSecretOf(entry, value)) return value;
  throw new RestoreError(`entry ${index}: what is sealed is not of its kind`);
}

type Kept = Placed & {
  readonly subject: Subject | undefined;
  readonly secret: JsonObject | null;
};

// What the guard knows beside the state: sessions, request ids, what is in flight.
function keep(live: LiveAgent, event: RecordedEvent, kept: Kept): void {
  switch (event.kind) {
    case 'session_opened':
      if (kept.subject !== undefined) holdSession(live, sessionOf(event, kept));
      return;
    case 'session_closed':
      dropSession(live, event.session);
      return;
    case 'decided':
      keepDecision(live, event, kept);
      return;
    case 'outcome':
      keepOutcome(live, event);
      return;
    default:
      return;
  }
}

type Of<K extends RecordedEvent['kind']> = Extract<RecordedEvent, { readonly kind: K }>;

function sessionOf(
  { session, principal, task, room, attributes, openedBy, delegation }: Of<'session_opened'>,
  { subject = NO_SUBJECT, secret, index }: Kept,
): LiveSession {
  const name = secret?.['name'];
  const handed = delegation === undefined ? {} : { delegation };
  const opening = { principal, task, room, attributes, openedBy, ...handed };
  return liveSession(session, {
    subject,
    opening: { ...opening, name: typeof name === 'string' ? name : null },
    opened: { index, durable: Promise.resolve() },
  });
}

function keepDecision(
  live: LiveAgent,
  event: Of<'decided'>,
  { entry, index, subject }: Kept,
): void {
  const { id, action, decision } = event;
  const call = callOf(event);
  if (call !== null) {
    live.flights.set(id, {
      decision: id,
      session: action.session,
      subject: subject ?? NO_SUBJECT,
      call,
      permit: null,
      lease: null,
      redeemedAt: null,
      reporting: null,
    });
  }
  const session = live.sessions.get(action.session);
  if (session === undefined) return;
  const request = action.id.slice(action.session.length + 1);
  const known = session.requests.get(request);
  const ask = askOf(live, action);
  const answer = answerParts(decision, {
    id,
    index,
    permitId: null,
    ask,
    route: routeIn(entry.open['route']),
  });
  const note = {
    digest: action.digest,
    running: null,
    answer,
    reported: null,
    isNotSent: false,
    isBelied: false,
  };
  if (known?.answer != null) session.byDecision.delete(known.answer.decision);
  if (known === undefined) live.requestCount += 1;
  session.requests.set(request, note);
  session.byDecision.set(id, note);
  countEscalations(session, decision.obligations);
}

function keepOutcome(live: LiveAgent, { decision, session, status }: Of<'outcome'>): void {
  const note = live.sessions.get(session)?.byDecision.get(decision);
  if (note !== undefined) {
    note.reported = Promise.resolve();
    note.isNotSent = status === 'not_sent';
  }
  if (status !== 'unknown') live.flights.delete(decision);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
