import type { Condition, RuleBase, Scope } from '../pact/compiled.ts';
import { NOTHING } from './context.ts';
import type { Context } from './context.ts';
import { countersOf, sourcesOf } from './lookups.ts';
import type { Finding, Stage } from './verdict.ts';

/**
 * What a rule makes of an action: it matches, it does not, it failed, or it waits for facts that
 * its pact lets pend.
 */
export type Match =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'pending'; readonly until: readonly string[]; readonly withinMs: number };

const YES: Match = { kind: 'yes' };
const NO: Match = { kind: 'no' };

/** Returns what a rule's conditions and output class make of the action. */
export function matchRule(context: Context, rule: RuleBase, restricts: boolean): Match {
  if (rule.output !== null && !concernsOutput(context, rule.output, restricts)) return NO;
  return matchConditions(context, rule.when, rule.unless);
}

/** Returns what a `when` and an `unless` make of the action. */
export function matchConditions(
  context: Context,
  when: Condition | null,
  unless: Condition | null,
): Match {
  const first = when === null ? YES : test(context, when);
  if (first.kind !== 'yes' || unless === null) return first;
  const second = test(context, unless);
  if (second.kind === 'yes') return NO;
  return second.kind === 'no' ? YES : second;
}

function test(context: Context, condition: Condition): Match {
  const result = condition.evaluate(scopeFor(context, condition));
  if (result.ok) return result.value ? YES : NO;
  return waiting(context, condition) ?? { kind: 'failed', why: result.why };
}

function scopeFor(context: Context, condition: Condition): Scope {
  if (condition.reads.length === 0) return context.scope;
  return {
    ...context.scope,
    counters: condition.reads.includes('counters') ? countersOf(context) : {},
    sources: condition.reads.includes('sources') ? sourcesOf(context) : {},
  };
}

function waiting(context: Context, condition: Condition): Match | null {
  const until: string[] = [];
  let withinMs = Infinity;
  for (const name of condition.facts) {
    if (context.facts.has(name)) continue;
    const fact = context.pact.facts.get(name);
    if (fact?.pending !== 'defer') return null;
    until.push(name);
    withinMs = Math.min(withinMs, fact.withinMs);
  }
  return until.length === 0 ? null : { kind: 'pending', until, withinMs };
}

function concernsOutput(context: Context, wanted: string, restricts: boolean): boolean {
  if (wanted === 'any') return true;
  const fact = context.facts.get('output')?.value;
  const classes = fact?.['classes'];
  if (!Array.isArray(classes)) return restricts;
  return classes.includes(wanted) || (restricts && fact?.['unsure'] === true);
}

/** What a matching restriction finds, before its `mode` is taken into account. */
export type Hit = Omit<Finding, 'stage' | 'rule' | 'observed'>;

/**
 * Returns the finding of a restriction: the rule's own answer when it matches, a deny when it
 * cannot be evaluated, a defer while a fact it names may still come.
 */
export function restrict(
  context: Context,
  place: { readonly stage: Stage; readonly rule: RuleBase },
  hit: () => Hit,
): Finding | null {
  const match = matchRule(context, place.rule, true);
  if (match.kind === 'no') return null;
  const found = match.kind === 'yes' ? hit() : unevaluated(context, match);
  const finding: Finding = { stage: place.stage, rule: place.rule.id, ...found };
  return place.rule.mode === 'observe' ? { ...finding, observed: true } : finding;
}

/** Returns the findings of every restriction of a stage, in document order. */
export function restrictions<R extends RuleBase>(
  context: Context,
  { stage, rules }: { readonly stage: Stage; readonly rules: readonly R[] },
  hit: (rule: R) => Hit,
): readonly Finding[] {
  let found: Finding[] | null = null;
  for (const rule of rules) {
    const finding = restrict(context, { stage, rule }, () => hit(rule));
    if (finding !== null) (found ??= []).push(finding);
  }
  return found ?? NOTHING;
}

/** Returns what stands in for a rule that failed or waits: deny, or defer until its facts come. */
export function unevaluated(context: Context, match: Exclude<Match, { kind: 'yes' | 'no' }>): Hit {
  if (match.kind === 'failed') return { kind: 'deny', say: `cannot be evaluated: ${match.why}` };
  return waitFor(context, match.until, match.withinMs);
}

/** Returns a defer until facts are known, or the deny it becomes when the wait has run out. */
export function waitFor(context: Context, until: readonly string[], withinMs: number): Hit {
  const first = context.reader.look<number | null>('deferral', () => {
    return context.state.deferrals.get(context.action.id) ?? null;
  });
  const names = until.map((name) => `\`${name}\``).join(', ');
  if (context.now - (first ?? context.now) < withinMs) {
    return { kind: 'defer', say: `waiting for ${names}`, until, withinMs };
  }
  return { kind: 'deny', say: `${names} did not arrive in time` };
}
