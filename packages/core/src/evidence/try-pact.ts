import { apply } from '../decide/apply.ts';
import { decide } from '../decide/decide.ts';
import type { Event } from '../decide/event.ts';
import { initialState, type State } from '../decide/state.ts';
import type { VerdictKind } from '../decide/verdict.ts';
import type { JsonObject } from '../json.ts';
import type { CompiledPact } from '../pact/compiled.ts';
import type { Entry } from './entry.ts';
import { EventReader } from './event-reader.ts';
import type { RecordedEvent } from './parts.ts';

/** One recorded decision under another pact. */
export type TriedDecision = {
  readonly decision: string;
  readonly session: string;
  readonly tool: string;
  /** The digest of the action, by which approvals are found. */
  readonly action: string;
  readonly recorded: VerdictKind;
  readonly candidate: VerdictKind;
  /** The rules by which the candidate decided. */
  readonly rules: readonly string[];
};

/**
 * Plays the record of one agent under another pact: the same people say and approve the same, the
 * agent proposes the same, and what the candidate refuses does not happen, so its result is not
 * seen either. What was erased or cannot be opened is left out.
 *
 * Source: requirement evidence.recompute; docs/evidence.md says what such a trial does not show.
 */
export class PactTrial {
  readonly #pact: CompiledPact;
  readonly #reader: EventReader = new EventReader();
  #state: State;

  constructor(pact: CompiledPact) {
    this.#pact = pact;
    const armed = { kind: 'armed', at: 0, pact: pact.digest } as const;
    this.#state = apply(pact, initialState(pact.agent), armed);
  }

  /** The state that the candidate would decide the agent's next action on. */
  get state(): State {
    return this.#state;
  }

  /**
   * Takes the agent's next entry and returns how its decision would have gone, or null when it is
   * none or could not be opened.
   */
  take(entry: Entry, secret: JsonObject | null): TriedDecision | null {
    const events = this.#reader.take(entry, secret);
    if (entry.kind === 'decided' && secret === null) return null;
    let tried: TriedDecision | null = null;
    for (const event of events) {
      if (event.kind === 'decided') tried = this.#decide(event);
      else this.#fold(event);
    }
    return tried;
  }

  #fold(event: RecordedEvent): void {
    if (event.kind === 'armed') return;
    // What a person approved was the action; a pact that asks the same question takes the answer.
    const told =
      event.kind === 'approval'
        ? { ...event, approval: { ...event.approval, pact: this.#pact.digest } }
        : event;
    this.#state = apply(this.#pact, this.#state, told);
  }

  #decide(event: Extract<Event, { readonly kind: 'decided' }>): TriedDecision {
    const { id, action, facts, at } = event;
    const decision = decide(this.#pact, this.#state, { action, facts, now: at });
    this.#state = apply(this.#pact, this.#state, { ...event, decision });
    return {
      decision: id,
      session: action.session,
      tool: action.tool,
      action: action.digest,
      recorded: event.decision.verdict.kind,
      candidate: decision.verdict.kind,
      rules: decision.because.filter(({ observed }) => observed !== true).map(({ rule }) => rule),
    };
  }
}
