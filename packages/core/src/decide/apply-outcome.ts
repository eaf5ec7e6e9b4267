import { parseDecimal } from '../decimal.ts';
import type { CompiledPact, Tool, Trust } from '../pact/compiled.ts';
import { holdsUntrusted, remember } from '../provenance/memory.ts';
import { add } from './apply-decided.ts';
import type { Event } from './event.ts';
import type { Flight, SessionState, State } from './state.ts';
import { toolOf } from './tools.ts';

type Outcome = Extract<Event, { readonly kind: 'outcome' }>;

/** Folds an outcome: what came back is remembered by source, what never left is given back. */
export function applyOutcome(pact: CompiledPact, state: State, event: Outcome): State {
  const flight = state.flights.get(event.decision);
  if (flight === undefined) return state;
  if (event.status !== 'unknown') state.flights.delete(event.decision);
  if (event.status === 'not_sent') giveBack(state, flight);
  const session = state.sessions.get(flight.session);
  if (session === undefined || event.status === 'not_sent') return state;
  session.lastAt = event.at;
  const total = (session.records.get(event.tool) ?? 0) + (event.records ?? 0);
  session.records.set(event.tool, total);
  const tool = toolOf(pact, event.tool);
  if (tool !== null) learn(state, session, { tool, event });
  return state;
}

function giveBack(state: State, flight: Flight): void {
  const session = state.sessions.get(flight.session);
  for (const reservation of flight.reserves) {
    const holder = reservation.key.startsWith('session/') ? session : state;
    const amount = parseDecimal(reservation.amount) ?? 0n;
    if (holder?.counters.has(reservation.key) === true) add(holder.counters, reservation, -amount);
  }
  // A mark that ran out may have been set again since by another action, whose it is now.
  for (const { key, untilMs } of flight.marks) {
    if (state.marks.get(key) === untilMs) state.marks.delete(key);
  }
}

function learn(
  state: State,
  session: SessionState,
  { tool, event }: { readonly tool: Tool; readonly event: Outcome },
): void {
  const { args, result } = event;
  const isTainted = state.memoryTainted && tool.touches.includes('memory');
  const trust = isTainted ? untrusting(tool.trust) : tool.trust;
  const content = { kind: 'tool', tool: tool.name, trust, args, result } as const;
  remember(session.memory, content);
  for (const name of tool.sensitive) session.labels.add(name);
  if (session.labels.has('untrusted')) return;
  if (isTainted || holdsUntrusted(content)) session.labels.add('untrusted');
}

// What untrusted content may have been written into vouches for nothing, in any session.
function untrusting({ format }: Trust): Trust {
  return { byDefault: 'untrusted', trusted: [], untrusted: [], format };
}
