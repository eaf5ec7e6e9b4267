import type { Digest } from '../digest.ts';
import type { Halt, Resume } from '../halt/halt.ts';
import { objectiveOf } from '../halt/objective.ts';
import { isSameStop, whyNotResume } from '../halt/why-not-resume.ts';
import type { CompiledPact } from '../pact/compiled.ts';
import { haltKey, incidentKey } from './state.ts';
import type { State } from './state.ts';
import { voidFor } from './void.ts';

/** What an agent pursues before any pact says what. */
const NO_OBJECTIVE = objectiveOf({ document: {} });

/** Latches a halt: the epoch rises, and what was given for what it stops is void. */
export function applyHalt(pact: CompiledPact, state: State, halt: Halt): State {
  state.epoch = Math.max(state.epoch + 1, halt.epoch);
  latch(state, withObjective(pact, state, halt));
  voidFor(state, (session) => isStoppedBy(state, halt, session));
  return state;
}

// An optimisation incident stays latched beside a later halt of the same scope and target, so that
// no second halt makes its objective forgotten.
function latch(state: State, halt: Halt): void {
  const key = haltKey(halt.scope, halt.target);
  const before = state.halts.get(key);
  const isSaidAgain =
    halt.incident === 'optimisation' && halt.objective === (before?.objective ?? null);
  if (before?.incident === 'optimisation' && !isSaidAgain) {
    state.halts.set(incidentKey(before, before.objective ?? null), before);
  }
  state.halts.set(key, halt);
}

function withObjective(pact: CompiledPact, state: State, halt: Halt): Halt {
  if (halt.incident !== 'optimisation' || (halt.objective ?? null) !== null) return halt;
  const objective = state.pact === null ? NO_OBJECTIVE : armedObjective(pact, state);
  return { ...halt, objective };
}

function armedObjective(pact: CompiledPact, state: State): Digest | null {
  return state.pact === pact.digest ? objectiveOf(pact) : null;
}

// A halt of a tool or task also voids, on the safe side, what was given for all of the agent's.
function isStoppedBy(state: State, halt: Halt, session: string): boolean {
  if (halt.scope === 'session') return halt.target === session;
  if (halt.scope === 'room') return state.sessions.get(session)?.room === halt.target;
  return true;
}

/** Lifts the halts of a scope and target, unless the objective they stopped is still armed. */
export function applyResume(pact: CompiledPact, state: State, resume: Resume): State {
  const objective = armedObjective(pact, state);
  if (whyNotResume(state.halts.values(), resume, { objective }) !== null) return state;
  for (const [key, halt] of state.halts) {
    if (!isSameStop(halt, resume)) continue;
    state.halts.delete(key);
    if (halt.incident === 'optimisation')
      state.lifted.add(incidentKey(halt, halt.objective ?? null));
  }
  const session = resume.scope === 'session' ? state.sessions.get(resume.target) : undefined;
  if (session !== undefined) session.haltedBy = null;
  return state;
}
