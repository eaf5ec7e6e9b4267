import type { Action } from '../decide/action.ts';
import type { Fact } from '../decide/fact.ts';
import { freshFacts } from '../decide/facts.ts';
import { leafPaths, valueAt } from '../decide/paths.ts';
import { plan } from '../decide/plan.ts';
import type { State } from '../decide/state.ts';
import { toolOf } from '../decide/tools.ts';
import type { Json } from '../json.ts';
import type { CompiledPact, Tool } from '../pact/compiled.ts';
import { identifiersIn, valuesAt } from '../provenance/identifiers.ts';
import { trace } from '../provenance/memory.ts';

/** Whose word a value is: someone trusted said it, only a stranger did, or the agent alone. */
export type Standing = 'trusted' | 'untrusted' | 'agent';

/** One value of the arguments and where it was seen. Long values are cut. */
export type ArgumentSource = {
  readonly path: string;
  readonly value: string | number;
  readonly isCut: boolean;
  /** An identifier that stands inside a longer text of the arguments. */
  readonly isPart: boolean;
  readonly standing: Standing;
  /** Names of sources. Source: spec/decide.md, section "Sources of a value". */
  readonly sources: readonly string[];
};

/** A fact that was gathered, and how old it is. */
export type ShownFact = Omit<Fact, 'maxAgeMs'> & {
  readonly ageMs: number;
  readonly isFresh: boolean;
};

/** What an approver needs to know of an action, gathered by the product and not by the agent. */
export type AskCase = {
  readonly tool: Pick<
    Tool,
    'effect' | 'category' | 'reversible' | 'undo' | 'isOpenWorld' | 'tier' | 'sensitive'
  > | null;
  readonly money: Json;
  readonly records: Json;
  readonly arguments: readonly ArgumentSource[];
  readonly isEveryArgument: boolean;
  readonly facts: readonly ShownFact[];
  /** Facts that could matter and are not known, or too old. */
  readonly missing: readonly string[];
  readonly session: {
    readonly task: string | null;
    readonly room: string | null;
    readonly labels: readonly string[];
    readonly claims: readonly string[];
    readonly refusals: number;
  };
};

const MOST_ARGUMENTS = 200;
const LONGEST_VALUE = 200;

/**
 * Returns what an approver needs to know of an action as things stand; null when its session is
 * not open any more.
 *
 * facts: those the action was decided with. now: ms UTC.
 * Source: spec/approvals.md, section "What an approver is shown".
 */
export function caseOf(
  pact: CompiledPact,
  state: State,
  {
    action,
    facts,
    now,
  }: {
    readonly action: Action;
    readonly facts: readonly Fact[];
    readonly now: number;
  },
): AskCase | null {
  const session = state.sessions.get(action.session);
  if (session === undefined) return null;
  const tool = toolOf(pact, action.tool) ?? null;
  const fresh = freshFacts(pact, facts, now);
  const values = shownValues(action);
  return {
    tool: tool === null ? null : shownTool(tool),
    money: atPath(action, tool?.money ?? null),
    records: atPath(action, tool?.records ?? null),
    arguments: values.slice(0, MOST_ARGUMENTS).map(({ value, ...place }) => {
      const sources = trace(session.memory, value);
      return { ...place, ...cut(value), standing: standingOf(sources), sources };
    }),
    isEveryArgument: values.length <= MOST_ARGUMENTS,
    facts: facts.map((fact) => shownFact(fact, { now, fresh })),
    missing: plan(pact, action)
      .map(({ name }) => name)
      .filter((name) => !fresh.has(name)),
    session: {
      task: session.task,
      room: session.room,
      labels: [...session.labels].sort(),
      claims: [...new Set(session.claims.map(({ name }) => name))].sort(),
      refusals: [...session.refusals.values()].reduce((sum, count) => sum + count, 0),
    },
  };
}

type Placed = Pick<ArgumentSource, 'path' | 'value' | 'isPart'>;

// An account number that a stranger wrote is what matters of a text the agent made up around it.
function shownValues({ args }: Action): readonly Placed[] {
  const whole = leafPaths(args).flatMap((path) => {
    return valuesAt(args, path).map((value) => ({ path, value, isPart: false }));
  });
  const known = new Set(whole.map(({ value }) => String(value)));
  const parts = identifiersIn(args).filter(({ value }) => !known.has(value));
  return [...whole, ...parts.map((part) => ({ ...part, isPart: true }))];
}

function shownTool(tool: Tool): NonNullable<AskCase['tool']> {
  const { effect, category, reversible, undo, isOpenWorld, tier, sensitive } = tool;
  return { effect, category, reversible, undo, isOpenWorld, tier, sensitive };
}

function atPath({ args }: Action, path: string | null): Json {
  if (path === null || path === 'result.count') return null;
  const value = valueAt(args, path) ?? null;
  return Array.isArray(value) ? value.length : value;
}

function cut(value: string | number): Pick<ArgumentSource, 'value' | 'isCut'> {
  if (typeof value === 'number' || value.length <= LONGEST_VALUE) return { value, isCut: false };
  return { value: value.slice(0, LONGEST_VALUE).toWellFormed(), isCut: true };
}

function standingOf(sources: readonly string[]): Standing {
  if (sources.some((name) => ['principal', 'session', 'trusted'].includes(name))) return 'trusted';
  return sources.includes('agent') ? 'agent' : 'untrusted';
}

function shownFact(
  { name, value, source, observedAtMs }: Fact,
  { now, fresh }: { readonly now: number; readonly fresh: ReadonlyMap<string, Fact> },
): ShownFact {
  const isFresh = fresh.get(name)?.observedAtMs === observedAtMs;
  return { name, value, source, observedAtMs, ageMs: now - observedAtMs, isFresh };
}
