import type {
  Action,
  AllowRule,
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
import type { OpenSession } from './history.ts';
import { scalarsIn, valueAt } from './paths.ts';
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
    allowRules(turn.pact, layer).flatMap((rule) => {
      const [first] = rule.limits;
      return first === undefined
        ? []
        : [[rule.id, callsUsed(turn, { layer: index, rule: rule.id }, first.per)] as const];
    }),
  );
  return Object.fromEntries(counted);
}

function allowRules(pact: CompiledPact, layer: Layer): readonly AllowRule[] {
  const names = [...pact.tools.keys(), 'output.message', 'output.answer'];
  return names.flatMap((name) => layer.rulesFor(name).allow.map(({ rule }) => rule));
}

function sourcesOfPaths(turn: Turn, text: string): Scope['sources'] {
  const paths = [...text.matchAll(/sources\[\s*["']([^"']+)["']\s*\]/g)].map((m) => m[1] ?? '');
  const known = paths.flatMap((path) => {
    const values = scalarsIn(valueAt(turn.action.args, path)).filter((value) => value !== '');
    const names = values.flatMap((value) => sourcesOf(turn.pact, turn.session, value));
    return valueAt(turn.action.args, path) === undefined
      ? []
      : [[path, [...new Set(names)]] as const];
  });
  return Object.fromEntries(known);
}

/** Returns when this request was first deferred: now when it never was. */
export function firstDeferredAt(turn: Turn): number {
  const first = turn.history.find(
    (event) =>
      event.kind === 'decided' &&
      event.action.id === turn.action.id &&
      event.decision.verdict.kind === 'defer',
  );
  return first?.at ?? turn.now;
}

/**
 * Returns what a failing condition defers to: the missing facts that are declared `pending: defer`
 * and the least time to wait, or null when it names none or the wait is over.
 */
export function pendingFacts(
  turn: Turn,
  condition: Condition,
): { readonly until: readonly string[]; readonly withinMs: number } | null {
  const named = [...condition.text.matchAll(/facts\.([A-Za-z_]\w*)/g)].map((m) => m[1] ?? '');
  const waited = [...new Set(named)].flatMap((name) => {
    const declared = turn.pact.facts.get(name);
    return declared?.pending === 'defer' && !turn.facts.has(name) ? [declared] : [];
  });
  const withinMs = Math.min(...waited.map((fact) => fact.withinMs));
  if (waited.length === 0 || turn.now - firstDeferredAt(turn) >= withinMs) return null;
  return { until: waited.map(({ name }) => name), withinMs };
}

/** Returns the finding of a restriction that cannot be evaluated: a deny, or a defer for a fact. */
export function failing(
  turn: Turn,
  at: { readonly stage: Stage; readonly rule: string; readonly observed: boolean },
  on: Condition,
): Finding {
  const pending = pendingFacts(turn, on);
  const { stage, rule } = at;
  const mode = at.observed ? { observed: true } : {};
  if (pending === null) return { stage, rule, kind: 'deny', say: '', ...mode };
  return { stage, rule, kind: 'defer', say: '', ...pending, ...mode };
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
