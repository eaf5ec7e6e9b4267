import type { CompiledPact } from '../pact/compiled.ts';
import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { laterOf } from './clock.ts';
import type { Attested } from './context.ts';
import { decideInputs } from './decide.ts';
import type { Proposal } from './decide.ts';
import { MissingReadError, recordedReader } from './reader.ts';
import { initialState } from './state.ts';
import type { Decision, ReadSet } from './verdict.ts';

/** A recorded decision's inputs: what was proposed, who was attested, what was read. */
export type Recorded = Proposal & {
  readonly attested: Attested | null;
  readonly readSet: ReadSet;
};

/**
 * Returns the decision computed again from its recorded inputs, without the state it was made on.
 *
 * Errors: the key of the read set that is missing; a decision that needs it was not made from
 * these inputs. Source: spec/decide.md, section "Read set".
 */
export function recompute(pact: CompiledPact, recorded: Recorded): Result<Decision, string> {
  const { action, facts, now, attested, readSet } = recorded;
  const state = initialState(pact.agent);
  const reader = recordedReader(readSet);
  try {
    const inputs = { pact, state, reader, action, attested, facts, now: laterOf(state.now, now) };
    return ok(decideInputs(inputs, () => readSet));
  } catch (error) {
    if (error instanceof MissingReadError) return err(error.key);
    throw error;
  }
}
