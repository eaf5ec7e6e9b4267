import type { Delegation } from '../authority/delegation.ts';
import type { JsonObject } from '../json.ts';
import type { AllowRule, CompiledPact, Effect, Layer, Scope, Tool } from '../pact/compiled.ts';
import type { ToolRules } from '../pact/compiled.ts';
import type { Action } from './action.ts';
import type { Fact } from './fact.ts';
import type { Reader } from './reader.ts';
import type { SessionState, State } from './state.ts';
import type { Finding, Obligation, Reservation } from './verdict.ts';

/**
 * The attested side of a session: what whoever opened it said. It is an input of the decision, like
 * the action, and not part of the read set.
 */
export type Attested = {
  readonly principal: string;
  readonly task: string | null;
  readonly room: string | null;
  readonly attributes: JsonObject;
  readonly delegation: readonly Delegation[];
};

/** What an allow rule could not be charged for. */
export type Blocked = { readonly rule: string; readonly say: string };

/** What one layer's allow rules make of the action. Source: spec/decide.md, section "Allow". */
export type Allowance = {
  readonly charged: AllowRule | null;
  readonly reserves: readonly Reservation[];
  readonly blocked: readonly Blocked[];
  /** Findings of stage `allow`: allowing, deferring and observed ones. */
  readonly findings: readonly Finding[];
  readonly isMatched: boolean;
};

/** One layer of the pact with what it has to say of the action's tool. */
export type LayerView = {
  readonly layer: Layer;
  readonly rules: ToolRules;
  readonly allowance: Allowance;
};

/** Everything the stages of one decision see. */
export type Context = {
  readonly pact: CompiledPact;
  readonly state: State;
  readonly reader: Reader;
  /** The proposed action; its arguments are empty when they are beyond the bounds. */
  readonly action: Action;
  readonly isOversized: boolean;
  readonly now: number;
  /** Fresh facts by name. */
  readonly facts: ReadonlyMap<string, Fact>;
  readonly session: SessionState | null;
  readonly attested: Attested | null;
  readonly tool: Tool | null;
  readonly effect: Effect;
  readonly isReversible: boolean;
  readonly isOpenWorld: boolean;
  readonly category: string;
  readonly scope: Scope;
  readonly obligations: Obligation[];
  /** Of each tier that only claims of single use satisfy: their ids, in the order of spending. */
  readonly grants: (readonly string[])[];
};

/** A stage: what one layer finds about the action. */
export type StageOf = (context: Context, view: LayerView) => readonly Finding[];

/** The shared empty answer. */
export const NOTHING: readonly Finding[] = [];
