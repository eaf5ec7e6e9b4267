import { parseDecimal } from '../decimal.ts';
import type { CompiledPact } from '../pact/compiled.ts';
import { setBounded } from './bounded.ts';
import { endClaim } from './claims.ts';
import { sweep } from './sweep.ts';
import { effectWhenDecided } from './enter.ts';
import type { Event } from './event.ts';
import { BOUNDS, gateKey } from './state.ts';
import type { Counter, SessionState, State } from './state.ts';
import { categoryOf, toolOf } from './tools.ts';
import { endApproval, haltSession, voidFor } from './void.ts';
import type { Decision, Reservation } from './verdict.ts';

type Decided = Extract<Event, { readonly kind: 'decided' }>;

const HALTED_PRINCIPALS_STOP_THE_AGENT = 3;

/** Folds a decision: a refusal counts and may close a gate, a let-through action reserves. */
export function applyDecided(pact: CompiledPact, state: State, event: Decided): State {
  if (state.flights.has(event.id)) return state;
  const session = state.sessions.get(event.action.session);
  if (session !== undefined) session.lastAt = event.at;
  const { decision } = event;
  switch (decision.verdict.kind) {
    case 'deny':
      if (session !== undefined) applyRefusal(pact, state, { event, session });
      return state;
    case 'defer':
      rememberDeferral(state, event);
      return state;
    case 'step_up':
      return state;
    case 'modify':
    case 'allow':
      if (session !== undefined) applyLet(pact, state, { event, session });
      return state;
  }
}

type Placed = { readonly event: Decided; readonly session: SessionState };

function rememberDeferral(state: State, { action, at }: Decided): void {
  if (state.deferrals.has(action.id)) return;
  const oldest = state.deferrals.keys().next();
  if (state.deferrals.size >= BOUNDS.deferrals && oldest.done !== true) {
    state.deferrals.delete(oldest.value);
  }
  state.deferrals.set(action.id, at);
}

function applyRefusal(pact: CompiledPact, state: State, { event, session }: Placed): void {
  const category = categoryOf(toolOf(pact, event.action.tool));
  session.refusals.set(category, (session.refusals.get(category) ?? 0) + 1);
  const enforced = event.decision.because.filter(({ observed }) => observed !== true);
  if (enforced.some(({ violation }) => violation === true)) {
    closeGate(pact, state, { session, category });
  }
  const halting = enforced.find(({ halts }) => halts === 'session');
  if (halting === undefined) return;
  haltSession(state, session, halting.rule);
  if (halting.rule === 'unlisted') widenHalt(state, session, event.at);
}

function closeGate(
  pact: CompiledPact,
  state: State,
  { session, category }: { readonly session: SessionState; readonly category: string },
): void {
  if (!pact.gates.isOn) return;
  shut(state, gateKey(session.id, category));
  const violators = state.gateViolators.get(category) ?? new Set();
  if (violators.size < pact.gates.widenAfter) violators.add(session.principal);
  state.gateViolators.set(category, violators);
  if (violators.size >= pact.gates.widenAfter) shut(state, gateKey(null, category));
}

function shut(state: State, key: string): void {
  if (!state.gates.has(key)) state.gates.set(key, 'closed');
}

// One hostile principal must not be able to stop an agent; several distinct ones can.
function widenHalt(state: State, session: SessionState, at: number): void {
  if (state.halts.has('agent')) return;
  state.unlistedPrincipals.add(session.principal);
  if (state.unlistedPrincipals.size < HALTED_PRINCIPALS_STOP_THE_AGENT) return;
  state.unlistedPrincipals.clear();
  state.epoch += 1;
  const reason = `unlisted tools in sessions of several principals (at ${at})`;
  const epoch = state.epoch;
  voidFor(state, () => true);
  state.halts.set('agent', { scope: 'agent', target: '', epoch, reason, by: 'kernel' });
}

function applyLet(pact: CompiledPact, state: State, { event, session }: Placed): void {
  const { decision, action } = event;
  sweep(state);
  for (const reservation of decision.reserves) reserve(state, session, reservation);
  for (const id of decision.spends) endApproval(state, id);
  for (const id of decision.grants ?? []) endClaim(session, id);
  const marks = decision.marks.filter((mark) => setMark(state, mark, event.at));
  for (const rule of decision.charges) state.lastUsed.set(rule, event.at);
  state.deferrals.delete(action.id);
  const flight = { session: session.id, reserves: decision.reserves, marks };
  state.flights.set(event.id, flight);
  label(pact, state, { event, session });
}

/** Sets a mark; returns whether this action alone has set it, so that it may take it back. */
function setMark(state: State, { key, untilMs }: Decision['marks'][number], at: number): boolean {
  const standsUntil = state.marks.get(key);
  const isAlone = standsUntil === undefined || standsUntil <= at;
  setBounded(state.marks, BOUNDS.marks, [key, untilMs]);
  if (isAlone) return true;
  for (const [id, flight] of state.flights) {
    const marks = flight.marks.filter((mark) => mark.key !== key);
    if (marks.length < flight.marks.length) state.flights.set(id, { ...flight, marks });
  }
  return false;
}

function reserve(state: State, session: SessionState, reservation: Reservation): void {
  const holder = reservation.key.startsWith('session/') ? session : state;
  add(holder.counters, reservation, parseDecimal(reservation.amount) ?? 0n);
}

/** Adds to a counter, or takes from it with a negative amount. */
export function add(
  counters: Map<string, Counter>,
  { key, windowEndMs }: Reservation,
  amount: bigint,
): void {
  const counter = counters.get(key);
  if (counter === undefined) counters.set(key, { used: amount, windowEndMs });
  else counter.used += amount;
}

function label(pact: CompiledPact, state: State, { event, session }: Placed): void {
  const tool = toolOf(pact, event.action.tool);
  const { effect, isOpenWorld } = effectWhenDecided(pact, tool, event);
  if (effect !== 'read' || isOpenWorld) session.labels.add('external');
  const isMemoryWrite = effect !== 'read' && (tool?.touches.includes('memory') ?? false);
  if (isMemoryWrite && session.labels.has('untrusted')) state.memoryTainted = true;
}
