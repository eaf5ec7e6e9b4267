import assert from 'node:assert/strict';

import {
  apply,
  decide,
  digestJson,
  initialState,
  type Action,
  type CompiledPact,
  type Decision,
  type Event,
  type Fact,
  type Json,
  type JsonObject,
  loadPact,
  type State,
} from '@plumbline/core';

/** One call in a scene; everything but the tool has a default. */
export type Call = {
  readonly tool: string;
  readonly args?: JsonObject;
  readonly session?: string;
  readonly facts?: readonly Fact[];
  readonly id?: string;
};

/** Who opens a session of a scene. */
export type Opening = {
  readonly session?: string;
  readonly principal?: string;
  readonly task?: string;
  readonly room?: string;
  readonly attributes?: JsonObject;
};

/**
 * A pact with a running state and clock, for tests that read like a story. Time starts at
 * 2026-01-01T12:00Z and moves only by `wait`.
 */
export class Scene {
  readonly pact: CompiledPact;
  state: State;
  now: number = Date.UTC(2026, 0, 1, 12);
  #count = 0;

  constructor(pact: CompiledPact) {
    this.pact = pact;
    this.state = initialState(pact.agent);
    this.tell({ kind: 'armed', at: this.now, pact: pact.digest });
  }

  /** Folds an event. */
  tell(event: Event): this {
    this.state = apply(this.pact, this.state, event);
    return this;
  }

  /** Moves the clock. */
  wait(ms: number): this {
    this.now += ms;
    return this;
  }

  /** Opens a session, `s` unless named. */
  open(opening: Opening = {}): this {
    const { session = 's', principal = 'ada', task = null, room = null } = opening;
    const attributes = opening.attributes ?? {};
    const attested = { principal, task, room, attributes, openedBy: 'front-end' };
    return this.tell({ kind: 'session_opened', at: this.now, session, ...attested });
  }

  /** The principal says something. */
  say(text: string, session = 's'): this {
    return this.tell({ kind: 'message', at: this.now, session, from: 'principal', text });
  }

  /** Returns the action of a call. */
  action({ tool, args = {}, session = 's', id }: Call): Action {
    this.#count += 1;
    return { id: id ?? `r${this.#count}`, session, tool, args, digest: digestJson({ tool, args }) };
  }

  /** Returns the decision of a call without recording it. */
  look(call: Call): Decision {
    return this.lookAt(this.action(call), call.facts ?? []);
  }

  /** Returns the decision of an action without recording it. */
  lookAt(action: Action, facts: readonly Fact[] = []): Decision {
    return decide(this.pact, this.state, { action, facts, now: this.now });
  }

  /** Decides a call and records the decision; returns it with the id it was recorded under. */
  propose(call: Call): {
    readonly decision: Decision;
    readonly id: string;
    readonly action: Action;
  } {
    const action = this.action(call);
    const facts = call.facts ?? [];
    const decision = this.lookAt(action, facts);
    const id = `d${this.#count}`;
    this.tell({ kind: 'decided', at: decision.at, id, action, facts, decision });
    return { decision, id, action };
  }

  /** Proposes a call that must be let through, and records its result. */
  run(call: Call, result: Json = '', records: number | null = null): this {
    const { decision, id, action } = this.propose(call);
    assert.equal(decision.verdict.kind, 'allow', `${call.tool} must be allowed`);
    const { session, tool, args } = action;
    const ends = { at: this.now, decision: id, session, tool, args, result, records } as const;
    return this.tell({ kind: 'outcome', status: 'ok', ...ends });
  }

  /** Returns the verdict of a call and the rules that decided, recording the decision. */
  answer(call: Call): readonly [string, ...string[]] {
    const { decision } = this.propose(call);
    return [decision.verdict.kind, ...decision.because.map(({ rule }) => rule)];
  }
}

/** Returns a scene under a pact written as YAML; the test fails when the pact does not load. */
export function sceneOf(yaml: string, files: { readonly [path: string]: string } = {}): Scene {
  const loaded = loadPact('test.pact.yaml', (path) =>
    path === 'test.pact.yaml' ? yaml : files[path],
  );
  assert.ok(loaded.ok, loaded.ok ? '' : loaded.error.map(({ message }) => message).join('\n'));
  return new Scene(loaded.value.pact);
}

/** Returns a fresh fact. */
export function factOf(name: string, value: JsonObject, observedAtMs: number): Fact {
  return { name, value, source: 'test', observedAtMs, maxAgeMs: 60_000 };
}
