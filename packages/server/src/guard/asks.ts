import {
  type Action,
  type Ask,
  type Entry,
  foldAskEvent,
  foldReading,
  foldVote,
  type JsonObject,
  ownAsk,
  pendingFor,
  type RecordedEvent,
  type Seat,
  stateAt,
  type Vote,
} from '@plumbline/core';

import { LedgerStopped } from '../ledger/sequencer.ts';
import type { AsksWanted, FoundAsk } from './ask-types.ts';
import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import type { LiveAgent } from './live-agent.ts';
import { isProbe } from './probe.ts';
import { done, refuse } from './refusal.ts';

/** Returns what waits for people about an action, or null. */
export function askOf(live: LiveAgent, { session, digest }: Action): Ask | null {
  const { pact } = live.state;
  if (pact === null) return null;
  return pendingFor(live.asks, { session, action: digest, pact }) ?? null;
}

/** Folds an event into the agent's asks, after it was folded into its state. */
export function foldAsks(live: LiveAgent, event: RecordedEvent): void {
  foldAskEvent(live.asks, live.state, event);
  if (event.kind === 'decided') ownOf(live, event.action);
  wake(live);
}

function ownOf({ asks, state, sessions }: LiveAgent, { session, digest }: Action): void {
  const subject = sessions.get(session)?.subject.id;
  if (subject === undefined || state.pact === null || asks.live.size === 0) return;
  ownAsk(asks, { session, action: digest, pact: state.pact }, subject);
}

/** Folds what is no event of the kernel into the agent's asks. */
export function foldNote(
  live: LiveAgent,
  { kind, at, open }: Pick<Entry, 'kind' | 'at' | 'open'>,
  secret: JsonObject | null,
): void {
  if (kind === 'read') foldReading(live.asks, { ...readingOf(open), at });
  const vote = kind === 'vote' && secret !== null ? voteOf(at, open, secret) : null;
  if (vote !== null) foldVote(live.asks, textOf(open['ask']), vote);
  wake(live);
}

function readingOf(open: JsonObject): { readonly decision: string; readonly by: string } {
  return { decision: textOf(open['decision']), by: textOf(open['by']) };
}

function voteOf(at: number, open: JsonObject, secret: JsonObject): Vote {
  const { outcome, by, mechanism } = open;
  const { person, reason, seats } = secret;
  // What is recorded of a vote has the shape of its kind, which was checked.
  return { at, outcome, person, reason, by, mechanism, seats: seats as unknown as Seat[] } as Vote;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function wake(live: LiveAgent): void {
  for (const waiter of live.askWaiters) waiter();
}

/** Returns an ask by its id, as it stands now. */
export function findAsk(desk: Desk, id: string): FoundAsk | undefined {
  for (const live of desk.agents.values()) {
    const ask = live.asks.asks.get(id);
    if (ask !== undefined && !isProbe(live.agent)) return foundOf(desk, live, ask);
  }
  return undefined;
}

/** Returns the asks that are remembered and wanted, oldest first by agent. */
export function listAsks(desk: Desk, wanted: AsksWanted = {}): readonly FoundAsk[] {
  const { state, session, isOf, most = Infinity } = wanted;
  const kept: Kept[] = [];
  for (const live of desk.agents.values()) {
    if (isProbe(live.agent) || isOf?.(live.agent) === false) continue;
    const now = nowOf(desk, live);
    for (const ask of live.asks.asks.values()) {
      if (session !== undefined && ask.session !== session) continue;
      const stands = stateAt(ask, now);
      const isPending = stands === 'pending';
      if (state === undefined || stands === state) kept.push({ live, ask, isPending });
    }
  }
  return pressing(kept, most).map(({ live, ask }) => foundOf(desk, live, ask));
}

type Kept = { readonly live: LiveAgent; readonly ask: Ask; readonly isPending: boolean };

// Many thousands may be remembered, of which lists show some hundreds: those alone are copied.
function pressing(kept: readonly Kept[], most: number): readonly Kept[] {
  if (kept.length <= most) return kept;
  const rank = ({ ask, isPending }: Kept): number => ask.askedAt + (isPending ? PENDING_FIRST : 0);
  const least = Float64Array.from(kept, rank).sort().at(-most) ?? Infinity;
  return kept.filter((one) => rank(one) >= least);
}

// More than any time in milliseconds.
const PENDING_FIRST = 1e14;

function nowOf({ parts }: Desk, live: LiveAgent): number {
  return Math.max(live.state.now, parts.clocks.now());
}

function foundOf(desk: Desk, live: LiveAgent, ask: Ask): FoundAsk {
  const session = live.state.sessions.get(ask.session);
  return {
    agent: live.agent,
    ask: { ...ask, state: stateAt(ask, nowOf(desk, live)) },
    principal: session?.principal ?? null,
    openedBy: live.sessions.get(ask.session)?.opening.openedBy ?? null,
  };
}

function stoppedBy(desk: Desk, error: unknown): Outcome<never> {
  if (!(error instanceof LedgerStopped)) throw error;
  desk.stopped = error.message;
  return refuse('unavailable', error.message);
}

const MOST_WAITERS = 256;

/**
 * Resolves when an ask has changed since, or after so many milliseconds; at once when too many
 * wait already.
 */
export async function whenChanged(
  desk: Desk,
  id: string,
  withinMs: number,
): Promise<Outcome<undefined>> {
  const live = [...desk.agents.values()].find(({ asks }) => asks.asks.has(id));
  if (live === undefined || live.askWaiters.size >= MOST_WAITERS) return done(undefined);
  const seen = live.asks.asks.get(id);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const waiter = (): void => {
    if (live.asks.asks.get(id) !== seen) resolve(undefined);
  };
  const timer = setTimeout(() => resolve(undefined), withinMs);
  live.askWaiters.add(waiter);
  try {
    await promise;
    // What is told is durable.
    await desk.parts.recorder.durable;
    return done(undefined);
  } catch (error) {
    return stoppedBy(desk, error);
  } finally {
    clearTimeout(timer);
    live.askWaiters.delete(waiter);
  }
}
