import { hash } from 'node:crypto';

import { apply, canonical, type CompiledPact, decide, type State } from '@plumbline/core';

import { armed, open } from '../drive.ts';
import { AGENT, LOOK_UPS, OPENING, WORK, workloadPact } from './workload.ts';

// So many actions of one agent may wait for their outcome, less those of the last session.
const FLIGHTS = 10_000 - 64;

/** The kernel without anything durable: the same actions, decided and folded in memory. */
export class KernelAlone {
  readonly #pact: CompiledPact = workloadPact();
  #state: State = armed(this.#pact);
  #opened = 0;
  #place = Infinity;

  /** One intent and its outcome, or an intent alone. */
  cycle(hasOutcome: boolean): void {
    const { steps, stepAt } = hasOutcome ? WORK : LOOK_UPS;
    if (this.#place >= steps) this.#renew();
    const session = `session-${this.#opened}`;
    const place = this.#place;
    this.#place += 1;
    const { tool, args, result } = stepAt(place);
    const digest = `sha256:${hash('sha256', canonical({ tool, args }), 'hex')}` as const;
    const action = { id: `${session}/${place}`, session, tool, args, digest };
    const at = this.#state.now + 1;
    const decision = decide(this.#pact, this.#state, { action, facts: [], now: at });
    if (decision.verdict.kind !== 'allow') throw new Error(`not allowed: ${tool} at ${place}`);
    const decided = { kind: 'decided', at, id: action.id, action, facts: [], decision } as const;
    this.#state = apply(this.#pact, this.#state, decided);
    if (!hasOutcome) return;
    const outcome = { kind: 'outcome', at, decision: action.id, session, tool, args } as const;
    const ended = { ...outcome, status: 'ok', result, records: null } as const;
    this.#state = apply(this.#pact, this.#state, ended);
  }

  #renew(): void {
    const session = `session-${this.#opened}`;
    if (this.#opened > 0) {
      const at = this.#state.now;
      this.#state = apply(this.#pact, this.#state, { kind: 'session_closed', at, session });
    }
    this.#opened += 1;
    this.#place = 0;
    if (this.#state.flights.size > FLIGHTS) this.#state = armed(this.#pact);
    const next = { id: `session-${this.#opened}`, agent: AGENT, ...OPENING, turns: [] };
    this.#state = open(this.#pact, this.#state, next);
  }
}
