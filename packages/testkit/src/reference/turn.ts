import type {
  Action,
  CompiledPact,
  Condition,
  Event,
  Finding,
  Json,
  Layer,
  Requirement,
  RuleBase,
  Scope,
  Stage,
} from '@plumbline/core';

import { evaluateText } from './condition.ts';
import { callsUsed } from './counters.ts';
import { isLetThrough, type OpenSession } from './history.ts';
import { scalarsAt } from './paths.ts';
import { sourcesOf } from './provenance.ts';
import type { FreshFacts, Subject } from './subject.ts';

/** Everything one decision looks at. `history` holds the events that count, oldest first. */
export type Turn = {
  readonly pact: CompiledPact;
  readonly history: readonly Event[];
  readonly action: Action;
  /** Whether the arguments are within bounds; beyond them `action.args` is empty. */
  readonly fits: boolean;
  readonly facts: FreshFacts;
  readonly now: number;
  readonly session: OpenSession | null;
  /** Outcomes that came out of the agent's memory after it was tainted. */
  readonly tainted: ReadonlySet<Event>;
  readonly subject: Subject;
};

/** What a rule's conditions say about an action. */
export type Match =
  { readonly kind: 'matches' | 'passes' } | { readonly kind: 'fails'; readonly on: Condition };

const matches: Match = { kind: 'matches' };
const passes: Match = { kind: 'passes' };

/** Returns whether a rule concerns the action and its conditions hold. */
export function matchRule(turn: Turn, rule: RuleBase, isRestriction: boolean): Match {
  if (!concerns(turn, rule, isRestriction)) return passes;
  return matchConditions(turn, rule);
}

/** Returns whether `when` holds and `unless` does not; `unless` is looked at only after `when`. */
export function matchConditions(
  turn: Turn,
  rule: { readonly when: Condition | null; readonly unless: Condition | null },
): Match {
  for (const [condition, wanted] of [[rule.when, true] as const, [rule.unless, false] as const]) {
    if (condition === null) continue;
    const found = evaluateText(condition.text, scopeOf(turn, condition.text));
    if (!found.ok) return { kind: 'fails', on: condition };
    if (found.value !== wanted) return passes;
  }
  return matches;
}

function concerns(turn: Turn, rule: RuleBase, isRestriction: boolean): boolean {
  const isOutput = turn.action.tool.startsWith('output.');
  if (!isOutput) return rule.output === null && rule.tools.some((t) => matchesName(t, turn));
  if (rule.output === null || rule.output === 'any') return rule.output === 'any';
  const fact = turn.facts.get('output');
  if (isRestriction && (fact === undefined || fact['unsure'] === true)) return true;
  const classes = fact?.['classes'];
  return Array.isArray(classes) && classes.includes(rule.output);
}

function matchesName(glob: string, turn: Turn): boolean {
  return globMatches(glob, turn.action.tool);
}

/** Returns whether a name or glob (`*` within a segment) names a tool. */
export function globMatches(glob: string, name: string): boolean {
  const pattern = glob
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^.]*');
  return new RegExp(`^${pattern}$`).test(name);
}

/** Returns what a condition sees; counters and sources only where its text names them. */
export function scopeOf(turn: Turn, text: string, item?: Json): Scope {
  const { pact, action, session } = turn;
  return {
    args: action.args,
    tool: action.tool,
    session: session?.opened.attributes ?? {},
    principal: session?.opened.principal ?? '',
    agent: pact.agent,
    task: session?.opened.task ?? '',
    facts: Object.fromEntries(turn.facts),
    counters: text.includes('counters') ? countersOf(turn) : {},
    sources: text.includes('sources') ? sourcesOfPaths(turn, text) : {},
    now: new Date(turn.now),
    ...(item === undefined ? {} : { item }),
  };
}

function countersOf(turn: Turn): Scope['counters'] {
  const counted = turn.pact.layers.flatMap((layer, index) =>
    layer.allow.flatMap((rule) => {
      const [first] = rule.limits;
      return first === undefined || first.per.kind === 'call'
        ? []
        : [[rule.id, callsUsed(turn, { layer: index, rule: rule.id }, first.per)] as const];
    }),
  );
  return Object.fromEntries(counted);
}

function sourcesOfPaths(turn: Turn, text: string): Scope['sources'] {
  const paths = [...text.matchAll(/sources\[\s*["']([^"']+)["']\s*\]/g)].map((m) => m[1] ?? '');
  const known = paths.flatMap((path) => {
    const values = scalarsAt(turn.action.args, path);
    const said = values.filter((value) => value !== '');
    const names = said.flatMap((value) => sourcesOf(turn, value));
    return values.length === 0 ? [] : [[path, [...new Set(names)]] as const];
  });
  return Object.fromEntries(known);
}

/** Returns when this request was first deferred since it was last let through, else now. */
export function firstDeferredAt(turn: Turn): number {
  const own = turn.history.filter(
    (event) => event.kind === 'decided' && event.action.id === turn.action.id,
  );
  const since = own.slice(own.findLastIndex(isLetThrough) + 1);
  const first = since.find(
    (event) => event.kind === 'decided' && event.decision.verdict.kind === 'defer',
  );
  return first?.at ?? turn.now;
}

/**
 * Returns what a failing condition waits for: the facts it names that are missing, when every one
 * of them is declared `pending: defer`, and the least of their times; or null.
 */
function pendingFacts(
  turn: Turn,
  condition: Condition,
): { readonly until: readonly string[]; readonly withinMs: number } | null {
  const named = [...condition.text.matchAll(/facts\.([A-Za-z_]\w*)/g)].map((m) => m[1] ?? '');
  const until = [...new Set(named)].filter((name) => !turn.facts.has(name));
  const declared = until.map((name) => turn.pact.facts.get(name));
  const isWaiting = declared.every((fact) => fact?.pending === 'defer');
  const withinMs = Math.min(...declared.map((fact) => fact?.withinMs ?? 0));
  return until.length > 0 && isWaiting ? { until, withinMs } : null;
}

/** Returns what stands in for a rule whose condition waits: a defer, then a deny; else null. */
export function waiting(
  turn: Turn,
  at: { readonly stage: Stage; readonly rule: string; readonly observed: boolean },
  on: Condition,
): Finding | null {
  const pending = pendingFacts(turn, on);
  if (pending === null) return null;
  const { stage, rule } = at;
  const mode = at.observed ? { observed: true } : {};
  const isOver = turn.now - firstDeferredAt(turn) >= pending.withinMs;
  if (isOver) return denial(stage, rule, mode);
  return { stage, rule, kind: 'defer', say: '', ...pending, ...mode };
}

/** Returns the finding of a restriction that cannot be evaluated: a deny, or a defer for a fact. */
export function failing(
  turn: Turn,
  at: { readonly stage: Stage; readonly rule: string; readonly observed: boolean },
  on: Condition,
): Finding {
  const denied = denial(at.stage, at.rule, at.observed ? { observed: true } : {});
  return waiting(turn, at, on) ?? denied;
}

/** Returns a denial. An empty `say` is one whose words the specification leaves open. */
export function denial(stage: Stage, rule: string, more: Partial<Finding> = {}): Finding {
  return { stage, rule, kind: 'deny', say: '', ...more };
}

/** Returns a step-up of one approver under the rule of the requirement. */
export function stepUp(stage: Stage, requirement: Requirement): Finding {
  return { stage, rule: requirement.rule, kind: 'step_up', say: '', requirement };
}

/** Returns the requirement of a stage whose rule names no approvers: the layer's own. */
export function layerRequirement(layer: Layer, rule: string): Requirement {
  return { rule, approvers: layer.approvers, quorum: 1, withinMs: layer.approvalWithinMs };
}
