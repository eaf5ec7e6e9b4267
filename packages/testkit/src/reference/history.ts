import type { CompiledPact, Event, Finding, Halt, Resume } from '@plumbline/core';

import { armedObjective } from './objective.ts';

/** An event of one kind. */
export type EventOf<K extends Event['kind']> = Extract<Event, { readonly kind: K }>;

/** A session that is open after some events: how it was opened, and what happened in it since. */
export type OpenSession = {
  readonly opened: EventOf<'session_opened'>;
  readonly life: readonly Event[];
};

/**
 * Returns the events that count: those the fold ignores (unknown sessions and decisions, a second
 * opening) are left out. Source: spec/decide.md, section "Events".
 */
export function countingEvents(events: readonly Event[]): readonly Event[] {
  const open = new Set<string>();
  const inFlight = new Map<string, string>();
  return events.filter((event) => {
    const counts = doesCount(event, { open, inFlight });
    if (!counts) return false;
    if (event.kind === 'session_opened') open.add(event.session);
    if (event.kind === 'session_closed') close(event.session, { open, inFlight });
    if (isLetThrough(event)) inFlight.set(event.id, event.action.session);
    if (event.kind === 'outcome' && event.status !== 'unknown') inFlight.delete(event.decision);
    return true;
  });
}

function close(
  session: string,
  { open, inFlight }: { readonly open: Set<string>; readonly inFlight: Map<string, string> },
): void {
  open.delete(session);
  for (const [decision, of] of inFlight) if (of === session) inFlight.delete(decision);
}

function doesCount(
  event: Event,
  known: { readonly open: ReadonlySet<string>; readonly inFlight: ReadonlyMap<string, string> },
): boolean {
  if (event.kind === 'session_opened') return !known.open.has(event.session);
  if (event.kind === 'outcome') return known.inFlight.has(event.decision);
  if (event.kind === 'approval') return true;
  const session = sessionOf(event);
  return session === null || known.open.has(session);
}

/** Returns the session an event belongs to, or null for one that belongs to none. */
export function sessionOf(event: Event): string | null {
  switch (event.kind) {
    case 'decided':
      return event.action.session;
    case 'claim':
      return event.claim.session;
    case 'approval':
      return event.approval.session;
    case 'session_opened':
    case 'session_closed':
    case 'claim_revoked':
    case 'message':
    case 'outcome':
    case 'finding':
    case 'gate':
      return event.session;
    default:
      return null;
  }
}

/** Returns whether an event is a decision that let its action through. */
export function isLetThrough(event: Event): event is EventOf<'decided'> {
  if (event.kind !== 'decided') return false;
  return event.decision.verdict.kind === 'allow' || event.decision.verdict.kind === 'modify';
}

/** Returns the arguments a decision let through: the rewritten ones of a `modify`. */
export function argsLetThrough(event: EventOf<'decided'>): EventOf<'decided'>['action']['args'] {
  const { verdict } = event.decision;
  return verdict.kind === 'modify' ? verdict.args : event.action.args;
}

/** Returns the open session of an id after these events, or null when none is open. */
export function openSession(events: readonly Event[], session: string): OpenSession | null {
  let found: { opened: EventOf<'session_opened'>; life: Event[] } | null = null;
  for (const event of events) {
    if (sessionOf(event) !== session) continue;
    if (event.kind === 'session_opened') found = { opened: event, life: [] };
    else if (event.kind === 'session_closed') found = null;
    else found?.life.push(event);
  }
  return found;
}

/** Returns the findings of a decision that stopped its action (observed ones never do). */
export function stoppingFindings(event: EventOf<'decided'>): readonly Finding[] {
  if (event.decision.verdict.kind !== 'deny') return [];
  return event.decision.because.filter(({ kind, observed }) => kind === 'deny' && !observed);
}

/** One stop or leave to go on, in the order they happened. */
export type Latch = {
  readonly index: number;
  readonly scope: string;
  readonly target: string;
  readonly by: 'person' | 'kernel';
  readonly isOn: boolean;
};

function aboutOf({ scope, target }: Halt | Resume): Pick<Latch, 'scope' | 'target'> {
  return { scope, target };
}

/**
 * Returns every halt and resume of these events, those the kernel made itself included.
 *
 * Source: spec/decide.md, sections "Halts" and "Events".
 */
export function latches(pact: CompiledPact, events: readonly Event[]): readonly Latch[] {
  let strangers = new Set<string>();
  let found: readonly Latch[] = [];
  const latch = (latched: Omit<Latch, 'isOn'>): void => {
    found = [...found, { ...latched, isOn: true }];
  };
  for (const [index, event] of events.entries()) {
    if (event.kind === 'halt') latch({ index, ...aboutOf(event.halt), by: 'person' });
    if (event.kind === 'resume' && mayResume(pact, events.slice(0, index), { event, found })) {
      found = [...found, { index, ...aboutOf(event.resume), by: 'person', isOn: false }];
    }
    if (event.kind === 'session_closed') {
      // What the kernel halted itself ends with the session; a person's halt does not.
      found = found.filter(
        ({ scope, target, by }) =>
          !(by === 'kernel' && scope === 'session' && target === event.session),
      );
    }
    if (event.kind === 'finding' && pact.haltOn.includes(event.name)) {
      latch({ index, scope: 'session', target: event.session, by: 'kernel' });
    }
    if (event.kind !== 'decided') continue;
    const halting = stoppingFindings(event).filter(({ halts }) => halts === 'session');
    const target = event.action.session;
    if (halting.length > 0) latch({ index, scope: 'session', target, by: 'kernel' });
    if (!halting.some(({ stage }) => stage === 'unlisted')) continue;
    const session = openSession(events.slice(0, index), event.action.session);
    if (isLatched(found, 'agent', '')) continue;
    strangers.add(session?.opened.principal ?? '');
    if (strangers.size < 3) continue;
    latch({ index, scope: 'agent', target: '', by: 'kernel' });
    strangers = new Set();
  }
  return found;
}

/** Whether a resume lifts: no optimisation incident since the last one, or another objective. */
function mayResume(
  pact: CompiledPact,
  before: readonly Event[],
  { event, found }: { readonly event: EventOf<'resume'>; readonly found: readonly Latch[] },
): boolean {
  const { scope, target } = event.resume;
  const isSame = (one: Pick<Halt, 'scope'> & { readonly target: string }): boolean =>
    one.scope === scope && one.target === target;
  const lifted = found.findLast(
    (latch) => !latch.isOn && latch.scope === scope && latch.target === target,
  );
  const armed = before.some(({ kind }) => kind === 'armed') ? armedObjective(pact, before) : null;
  return before.every((earlier, index) => {
    if (earlier.kind !== 'halt' || !isSame(earlier.halt) || index < (lifted?.index ?? -1))
      return true;
    if (earlier.halt.incident !== 'optimisation') return true;
    const under = earlier.halt.objective ?? armedObjective(pact, before.slice(0, index));
    return under !== null && armed !== null && under !== armed;
  });
}

/** Returns whether a scope and target are halted after all of these latches. */
export function isLatched(all: readonly Latch[], scope: string, target: string): boolean {
  return all.findLast((latch) => latch.scope === scope && latch.target === target)?.isOn ?? false;
}
