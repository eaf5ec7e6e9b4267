import type { AllowRule, Condition, Scope } from './compiled.ts';
import type { CaseDocument } from './document.ts';
import { matchesAny } from './glob.ts';

/**
 * Returns the ids of the allow rules that a case of the pact covers: a case that expects the action
 * to pass and names the rule, or else whose arguments and session the rule is the first to match.
 * A condition on anything a case does not say (facts, counters, sources) leaves its rule uncovered.
 */
export function coveredRules(
  allow: readonly AllowRule[],
  cases: readonly CaseDocument[],
): ReadonlySet<string> {
  const covered = new Set<string>();
  for (const each of cases) {
    if (each.expect !== 'allow' && each.expect !== 'modify') continue;
    const scope = scopeOf(each);
    const id = each.rule?.value ?? allow.find((rule) => matches(rule, scope))?.id;
    if (id !== undefined) covered.add(id);
  }
  return covered;
}

function scopeOf({ tool, args, session, task }: CaseDocument): Scope {
  return {
    args,
    tool: tool.value,
    session,
    principal: '',
    agent: '',
    task: task ?? '',
    facts: {},
    counters: {},
    sources: {},
    now: new Date(0),
  };
}

function matches({ tools, output, when, unless }: AllowRule, scope: Scope): boolean {
  const isAbout = scope.tool.startsWith('output.')
    ? output === 'any'
    : output === null && matchesAny(tools, scope.tool);
  return isAbout && holds(when, scope, true) && !holds(unless, scope, false);
}

/** A condition that cannot be evaluated keeps the rule from matching. */
function holds(condition: Condition | null, scope: Scope, or: boolean): boolean {
  if (condition === null) return or;
  const result = condition.evaluate(scope);
  return result.ok ? result.value : !or;
}
