import { lockKey, haltKey } from './state.ts';
import type { CompiledPact } from '../pact/compiled.ts';
import { remember } from '../provenance/memory.ts';
import { applyDecided } from './apply-decided.ts';
import { applyOutcome } from './apply-outcome.ts';
import { closeSession, openSession } from './apply-session.ts';
import { setBounded } from './bounded.ts';
import { laterOf } from './clock.ts';
import type { Event } from './event.ts';
import { BOUNDS, gateKey, isGateOf } from './state.ts';
import type { State } from './state.ts';
import { haltSession, takeApproval, voidApprovals } from './void.ts';

/**
 * Returns the state after one event. The state given is consumed: it is changed in place and must
 * not be used again.
 *
 * Total: events about unknown sessions or decisions change nothing.
 * Source: spec/decide.md, section "Events".
 */
export function apply(pact: CompiledPact, state: State, event: Event): State {
  state.now = laterOf(state.now, event.at);
  switch (event.kind) {
    case 'armed':
      state.pact = event.pact;
      if (!state.armedAt.has(event.pact)) state.armedAt.set(event.pact, event.at);
      return state;
    case 'session_opened':
      return openSession(pact, state, event);
    case 'session_closed':
      return closeSession(state, event.session);
    case 'message':
      return applyMessage(state, event);
    case 'decided':
      return applyDecided(pact, state, event);
    case 'outcome':
      return applyOutcome(pact, state, event);
    case 'permit':
      return state;
    case 'finding':
      return applyFinding(pact, state, event);
    default:
      return applyPersons(state, event);
  }
}

type Of<K extends Event['kind']> = Extract<Event, { readonly kind: K }>;

// What people and verifiers decide.
function applyPersons(
  state: State,
  event: Of<'approval' | 'halt' | 'resume' | 'claim' | 'gate' | 'lock' | 'unlock'>,
): State {
  switch (event.kind) {
    case 'approval':
      takeApproval(state, event.approval);
      return state;
    case 'halt':
      return applyHalt(state, event);
    case 'resume':
      return applyResume(state, event);
    case 'claim':
      return applyClaim(state, event);
    case 'gate':
      return applyGate(state, event);
    case 'lock':
      setBounded(state.locks, BOUNDS.locks, [
        lockKey(event.entity, event.id, event.field),
        event.untilMs,
      ]);
      return state;
    case 'unlock':
      state.locks.delete(lockKey(event.entity, event.id, event.field));
      return state;
  }
}

function applyClaim(state: State, { claim }: Of<'claim'>): State {
  const claims = state.sessions.get(claim.session)?.claims ?? [];
  claims.push(claim);
  if (claims.length > BOUNDS.claimsPerSession) claims.shift();
  return state;
}

function applyMessage(state: State, event: Of<'message'>): State {
  const session = state.sessions.get(event.session);
  if (session === undefined) return state;
  session.lastAt = event.at;
  remember(session.memory, { kind: event.from, text: event.text });
  if (event.from === 'untrusted') session.labels.add('untrusted');
  return state;
}

function applyFinding(pact: CompiledPact, state: State, event: Of<'finding'>): State {
  const session = state.sessions.get(event.session);
  if (session !== undefined && pact.haltOn.includes(event.name)) {
    haltSession(state, session, event.name);
  }
  return state;
}

function applyHalt(state: State, { halt }: Of<'halt'>): State {
  state.epoch = Math.max(state.epoch + 1, halt.epoch);
  state.halts.set(haltKey(halt.scope, halt.target), halt);
  voidApprovals(state, (session) => isStoppedBy(state, halt, session));
  return state;
}

// A halt of a tool or task also voids, on the safe side, every approval of the agent.
function isStoppedBy(state: State, halt: Of<'halt'>['halt'], session: string): boolean {
  if (halt.scope === 'session') return halt.target === session;
  if (halt.scope === 'room') return state.sessions.get(session)?.room === halt.target;
  return true;
}

function applyResume(state: State, { resume }: Of<'resume'>): State {
  state.halts.delete(haltKey(resume.scope, resume.target));
  const session = resume.scope === 'session' ? state.sessions.get(resume.target) : undefined;
  if (session !== undefined) session.haltedBy = null;
  return state;
}

function applyGate(state: State, event: Of<'gate'>): State {
  if (event.session !== null && !state.sessions.has(event.session)) return state;
  const key = gateKey(event.session, event.category);
  if (event.outcome === 'kept') {
    state.gates.set(key, 'kept');
    return state;
  }
  state.gates.delete(key);
  if (event.session === null) openEverywhere(state, event.category);
  return state;
}

function openEverywhere(state: State, category: string): void {
  state.gateViolators.delete(category);
  for (const key of state.gates.keys()) {
    if (isGateOf(key, { category })) state.gates.delete(key);
  }
}
