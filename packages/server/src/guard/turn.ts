import {
  apply,
  NO_PACT,
  type EntryKind,
  type JsonObject,
  notePeople,
  notePeopleEntry,
  noteStaging,
  partsOf,
  type RecordedEvent,
} from '@plumbline/core';

import { type Appended, LedgerStopped } from '../ledger/sequencer.ts';
import { EntryTooLarge } from '../record/recorder.ts';
import type { Subject } from '../store/vault.ts';
import { foldAsks } from './asks.ts';
import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import type { Trace } from './trace.ts';
import { standingBefore } from './halts/before.ts';
import type { LiveAgent, LiveSession } from './live-agent.ts';
import { done, noAgent, refuse } from './refusal.ts';
import { applyToShadow } from './shadow.ts';
import { haltable, tellHalt } from './tell-halt.ts';
import type { Told } from './told.ts';

/** What is in the log: where it stands. */
export type Recorded = { readonly index: number };

/** Returns the moment of a turn, in ms UTC: never before an earlier entry's. */
export function momentOf({ parts }: Desk, { state }: LiveAgent): number {
  return Math.max(state.now, parts.recorder.now(parts.clocks.now()));
}

/** Returns an agent, or why nothing is done for it. */
export function findAgent(desk: Desk, agent: string): Outcome<LiveAgent> {
  if (desk.stopped !== null) return refuse('unavailable', desk.stopped);
  const live = desk.agents.get(agent);
  return live === undefined ? refuse('unknown-agent', noAgent(agent)) : done(live);
}

/** An open session of an agent. */
export type Found = { readonly live: LiveAgent; readonly session: LiveSession };

/** Returns an open session, or why nothing is done in it. */
export function findSession(
  desk: Desk,
  of: { readonly agent: string; readonly session: string },
): Outcome<Found> {
  const found = findAgent(desk, of.agent);
  if (!found.ok) return found;
  const live = found.value;
  const session = live.sessions.get(of.session);
  if (session !== undefined) return done({ live, session });
  return live.closed.has(of.session)
    ? refuse('session-closed', `session \`${of.session}\` is closed: open another`)
    : refuse('unknown-session', `no session \`${of.session}\`: open one`);
}

/** Runs a request that may wait, among at most so many of its agent. */
export async function amongWaiting<T>(
  desk: Desk,
  live: LiveAgent,
  run: () => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  if (live.waiting >= desk.parts.bounds.waiting) {
    return refuse(
      'overloaded',
      `${live.waiting} requests of \`${live.agent}\` wait: send it again`,
    );
  }
  live.waiting += 1;
  try {
    return await run();
  } finally {
    live.waiting -= 1;
  }
}

/**
 * Records one event: appended first, so that a log that refuses leaves the state as it was, then
 * applied. Throws what the recorder throws.
 */
export function recordEvent(desk: Desk, live: LiveAgent, told: Told): Appended {
  payOwed(desk, live);
  const { event, session } = told;
  const appended = write(desk, live, told);
  const before = standingBefore(live, event);
  const open = applyEvent(desk, live, event);
  if (before !== null) desk.halts.noticed(live, { ...before, index: appended.index });
  // What a shadow would have said is no reason to refuse what the armed pact decided.
  if (open !== null && session !== undefined) {
    noteIfTaken(desk, live, { kind: 'shadowed', session, open });
  }
  return appended;
}

/** Records a note beside a decision that stands without it: unsaid where the log takes nothing. */
export function noteIfTaken(desk: Desk, live: LiveAgent, note: Note): void {
  try {
    recordNote(desk, live, note);
  } catch (error) {
    if (!(error instanceof LedgerStopped)) throw error;
  }
}

/** What is no event of the kernel, as it is recorded. */
type Note = {
  readonly kind: EntryKind;
  readonly open: JsonObject;
  /** Its moment by default. */
  readonly at?: number;
  readonly session?: { readonly id: string; readonly subject: Subject };
  /** Whose data the secret is, for a note in the agent's own chain. */
  readonly subject?: Subject;
  readonly secret?: JsonObject;
  readonly trace?: Trace | undefined;
};

/** Records what is no event of the kernel. Throws what the recorder throws. */
export function recordNote(desk: Desk, live: LiveAgent, note: Note): Appended {
  payOwed(desk, live);
  const { session, secret = null, trace, kind, open } = note;
  const at = note.at ?? momentOf(desk, live);
  const appended = desk.parts.recorder.record({
    at,
    agent: live.agent,
    session: session?.id ?? null,
    kind,
    open,
    secret,
    subject: note.subject ?? session?.subject ?? null,
    ...(trace === undefined ? {} : { trace }),
  });
  notePeopleEntry(live.people, { kind, at, open }, secret);
  noteStaging(live.staging, live.pact?.staging ?? null, { kind, at, open });
  return appended;
}

/**
 * Changes the state by an event that is in the log, or owed to it. Returns where a shadow pact
 * decides otherwise.
 */
export function applyEvent(desk: Desk, live: LiveAgent, event: RecordedEvent): JsonObject | null {
  try {
    const session = haltable(live.state, event);
    live.state = apply(live.pact ?? NO_PACT, live.state, event);
    tellHalt(desk, live, { event, session });
    foldAsks(live, event);
    notePeople(live.people, live.pact ?? NO_PACT, event);
    return live.shadow === null ? null : applyToShadow(live.shadow, event);
  } catch (error) {
    // The log holds what the state does not: only a restart makes them one again.
    desk.stopped = 'the state of an agent is lost: restart the daemon';
    throw error;
  }
}

/** Latches an event at once, and writes it down when the log takes it. */
export function latch(desk: Desk, live: LiveAgent, told: Told): Appended {
  const before = standingBefore(live, told.event);
  applyEvent(desk, live, told.event);
  live.owed.push(told);
  if (before !== null) desk.halts.noticed(live, { ...before, index: null });
  return payOwed(desk, live) ?? fail();
}

/**
 * Latches an event that follows from what stands in the log by now. Returns when it is durable, or
 * null where the log is full for the moment: it is in force all the same, and owed.
 */
export function latchOrOwe(desk: Desk, live: LiveAgent, told: Told): Promise<void> | null {
  try {
    return latch(desk, live, told).durable;
  } catch (error) {
    if (error instanceof LedgerStopped && error.reason === 'backlog') return null;
    throw error;
  }
}

function fail(): never {
  throw new Error('bug: what was owed is paid');
}

/**
 * Writes down what is in force and is not in the log: it comes before anything that it may have
 * decided. Throws what the recorder throws.
 */
export function payOwed(desk: Desk, live: LiveAgent): Appended | null {
  let last: Appended | null = null;
  for (let told = live.owed[0]; told !== undefined; told = live.owed[0]) {
    last = write(desk, live, told);
    live.owed.shift();
    told.recorded?.(last);
  }
  return last;
}

function write(desk: Desk, live: LiveAgent, told: Told): Appended {
  const { event, session, trace, recorded: _, ...context } = told;
  const pact = live.pact === null ? {} : { pact: live.pact };
  const { open, secret } = partsOf(event, { ...context, ...pact });
  const appended = desk.parts.recorder.record({
    at: event.at,
    agent: live.agent,
    session: session?.id ?? null,
    kind: event.kind,
    open,
    secret,
    subject: session?.subject ?? null,
    ...(trace === undefined ? {} : { trace }),
  });
  // Which pact is armed by an arming is known to whoever arms it.
  const { at, kind } = event;
  if (kind !== 'armed') noteStaging(live.staging, live.pact?.staging ?? null, { kind, at, open });
  return appended;
}

/**
 * Takes a turn and waits until it is durable. A log that refused for the moment decided nothing;
 * one that stopped stops the guard, whose state may be ahead of it.
 */
export async function durably<T extends Recorded>(
  desk: Desk,
  take: () => Outcome<T & { readonly durable: Promise<void> }>,
): Promise<Outcome<T>> {
  try {
    const taken = take();
    if (!taken.ok) return taken;
    const { durable, ...value } = taken.value;
    await durable;
    // Without the promise it is what was asked for, which is not seen of a generic type.
    return done(value as unknown as T);
  } catch (error) {
    return refusalOf(desk, error);
  }
}

/** Returns why the log did not take an entry, as the caller is told; throws what is a bug. */
export function refusalOf(desk: Desk, error: unknown): Outcome<never> {
  if (error instanceof EntryTooLarge) return refuse('too-large', error.message);
  if (!(error instanceof LedgerStopped)) throw error;
  if (error.reason === 'backlog') return refuse('overloaded', error.message);
  desk.stopped = error.message;
  return refuse('unavailable', error.message);
}
