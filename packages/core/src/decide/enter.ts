import type { JsonObject } from '../json.ts';
import type { CompiledPact, Effect, Scope, Tool } from '../pact/compiled.ts';
import type { Action } from './action.ts';
import type { Attested, Context } from './context.ts';
import type { Fact } from './fact.ts';
import { freshFacts } from './facts.ts';
import { fitsBounds } from './bounds.ts';
import type { Reader } from './reader.ts';
import type { SessionState, State } from './state.ts';
import { categoryOf, toolOf } from './tools.ts';

/** Everything one decision is made from. */
export type Inputs = {
  readonly pact: CompiledPact;
  readonly state: State;
  readonly reader: Reader;
  readonly action: Action;
  readonly attested: Attested | null;
  readonly facts: readonly Fact[];
  readonly now: number;
};

/** Returns the context in which the stages look at one action. */
export function enter(inputs: Inputs): Context {
  const { pact, state, reader, attested, now } = inputs;
  const isOversized = !fitsBounds(inputs.action.args);
  const action = isOversized ? { ...inputs.action, args: {} } : inputs.action;
  const facts = freshFacts(pact, inputs.facts, now);
  const tool = toolOf(pact, action.tool);
  const { effect, isReversible, isOpenWorld } = effectOf(tool, facts);
  return {
    pact,
    state,
    reader,
    action,
    isOversized,
    attested,
    now,
    facts,
    session: sessionOf(state, action),
    tool,
    effect,
    isReversible,
    isOpenWorld,
    category: categoryOf(tool),
    scope: scopeOf(inputs, action, facts),
    obligations: [],
    grants: [],
  };
}

function sessionOf(state: State, action: Action): SessionState | null {
  return state.sessions.get(action.session) ?? null;
}

type EffectOf = Pick<Context, 'effect' | 'isReversible' | 'isOpenWorld'>;

// What cannot be parsed counts as the worst: an irreversible send into the open world.
const WORST: EffectOf = { effect: 'send', isReversible: false, isOpenWorld: true };

function effectOf(tool: Tool | null, facts: ReadonlyMap<string, Fact>): EffectOf {
  if (tool === null) return WORST;
  if (tool.effect === null) return parsedEffect(tool, facts.get('command')?.value);
  const isReversible = tool.reversible !== 'no';
  return { effect: tool.effect, isReversible, isOpenWorld: tool.isOpenWorld };
}

/** Returns the effect an action had when it was decided, from the facts recorded with it. */
export function effectWhenDecided(
  pact: CompiledPact,
  tool: Tool | null,
  { facts, at }: { readonly facts: readonly Fact[]; readonly at: number },
): EffectOf {
  return effectOf(tool, freshFacts(pact, facts, at));
}

function parsedEffect(tool: Tool, command: JsonObject | undefined): EffectOf {
  const effect = command?.['effect'];
  if (!isEffect(effect)) return WORST;
  const reversible = command?.['reversible'];
  const isReversible = reversible === 'yes' || reversible === 'partly';
  return { effect, isReversible, isOpenWorld: tool.isOpenWorld };
}

function isEffect(value: unknown): value is Effect {
  return value === 'read' || value === 'write' || value === 'send';
}

function scopeOf(inputs: Inputs, action: Action, facts: ReadonlyMap<string, Fact>): Scope {
  const { pact, attested } = inputs;
  return {
    args: action.args,
    tool: action.tool,
    session: attested?.attributes ?? {},
    principal: attested?.principal ?? '',
    agent: pact.agent,
    task: attested?.task ?? '',
    facts: valuesOf(facts),
    counters: {},
    sources: {},
    now: new Date(inputs.now),
  };
}

function valuesOf(facts: ReadonlyMap<string, Fact>): { readonly [name: string]: JsonObject } {
  return facts.size === 0 ? {} : Object.fromEntries([...facts].map(([k, fact]) => [k, fact.value]));
}
