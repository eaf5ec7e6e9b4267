import type { CompiledPact } from '../pact/compiled.ts';
import { remember } from '../provenance/memory.ts';
import { applyDecided } from './apply-decided.ts';
import { applyOutcome } from './apply-outcome.ts';
import { closeSession, openSession } from './apply-session.ts';
import { setBounded } from './bounded.ts';
import { endClaim, takeClaim } from './claims.ts';
import { laterOf } from './clock.ts';
import type { Event } from './event.ts';
import { applyHalt, applyResume } from './halts.ts';
import { BOUNDS, gateKey, isGateOf, lockKey } from './state.ts';
import type { State } from './state.ts';
import { haltSession, takeApproval } from './void.ts';

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
      return applyPersons(pact, state, event);
  }
}

type Of<K extends Event['kind']> = Extract<Event, { readonly kind: K }>;

// What people and verifiers decide.
function applyPersons(
  pact: CompiledPact,
  state: State,
  event: Of<
    'approval' | 'halt' | 'resume' | 'claim' | 'claim_revoked' | 'gate' | 'lock' | 'unlock'
  >,
): State {
  switch (event.kind) {
    case 'approval':
      takeApproval(state, event.approval);
      return state;
    case 'halt':
      return applyHalt(pact, state, event.halt);
    case 'resume':
      return applyResume(pact, state, event.resume);
    case 'claim':
    case 'claim_revoked':
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

function applyClaim(state: State, event: Of<'claim' | 'claim_revoked'>): State {
  const id = event.kind === 'claim' ? event.claim.session : event.session;
  const session = state.sessions.get(id);
  if (session === undefined) return state;
  if (event.kind === 'claim') takeClaim(session, event.claim);
  else endClaim(session, event.id);
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
