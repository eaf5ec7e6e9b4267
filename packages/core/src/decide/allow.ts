import { formatDecimal, parseDecimal } from '../decimal.ts';
import type { AllowRule, Budget, Limit, ToolRules } from '../pact/compiled.ts';
import type { Allowance, Blocked, Context } from './context.ts';
import { readCounter } from './lookups.ts';
import { matchRule, unevaluated } from './match.ts';
import { valueAt } from './paths.ts';
import type { Finding, Reservation } from './verdict.ts';
import { windowOf } from './windows.ts';

type Room =
  | { readonly kind: 'room'; readonly reserves: readonly Reservation[] }
  | { readonly kind: 'full'; readonly blocked: readonly Blocked[] };

/**
 * Returns what the allow rules of one layer make of the action: the first matching rule in document
 * order whose own limits and budgets hold is charged.
 * Source: spec/decide.md, section "Allow".
 */
export function allowanceOf(context: Context, rules: ToolRules): Allowance {
  const blocked: Blocked[] = [];
  const observed: Finding[] = [];
  const pending: Finding[] = [];
  let isMatched = false;
  for (const { rule } of rules.allow) {
    const match = matchRule(context, rule, false);
    if (match.kind === 'pending') pending.push(deferral(context, rule, match));
    if (match.kind !== 'yes') continue;
    if (rule.mode === 'observe') {
      observed.push({ ...allowing(rule), observed: true });
      continue;
    }
    isMatched = true;
    const room = roomFor(context, rule);
    if (room.kind === 'room') {
      const findings = [...observed, allowing(rule)];
      return { charged: rule, reserves: room.reserves, blocked: [], findings, isMatched };
    }
    blocked.push(...room.blocked);
  }
  const findings = isMatched ? observed : [...observed, ...pending];
  return { charged: null, reserves: [], blocked, findings, isMatched };
}

function allowing(rule: AllowRule): Finding {
  return { stage: 'allow', rule: rule.id, kind: 'allow', say: '' };
}

function deferral(
  context: Context,
  rule: AllowRule,
  match: Parameters<typeof unevaluated>[1],
): Finding {
  const finding: Finding = { stage: 'allow', rule: rule.id, ...unevaluated(context, match) };
  return rule.mode === 'observe' ? { ...finding, observed: true } : finding;
}

function roomFor(context: Context, rule: AllowRule): Room {
  const reserves: Reservation[] = [];
  const blocked: Blocked[] = [];
  rule.limits.forEach((limit, index) => {
    const fit = fitCall(context, limit, `limit/${rule.id}/${index}`);
    if (fit === null) blocked.push(noCallsLeft(rule, limit));
    else reserves.push(...fit);
  });
  rule.budgets.forEach((budget, index) => {
    const fit = fitSum(context, budget, `budget/${rule.id}/${index}`);
    if (fit === null) blocked.push(noBudgetLeft(rule, budget));
    else reserves.push(...fit);
  });
  return blocked.length > 0 ? { kind: 'full', blocked } : { kind: 'room', reserves };
}

/** What to reserve when there is room (nothing for limits on the single call), or null. */
type Fit = readonly Reservation[] | null;

function fitCall(context: Context, limit: Limit, name: string): Fit {
  if (limit.per.kind === 'call') return limit.calls < 1 ? null : [];
  const { key, endMs } = windowOf(context, limit.per, name);
  if (Number(readCounter(context, key)) + 1 > limit.calls) return null;
  return [{ key, amount: '1', windowEndMs: endMs }];
}

function fitSum(context: Context, budget: Budget, name: string): Fit {
  const amount = parseDecimal(valueAt(context.action.args, budget.sum));
  const max = parseDecimal(budget.max);
  if (amount === null || max === null || amount < 0n) return null;
  if (budget.per.kind === 'call') return amount > max ? null : [];
  const { key, endMs } = windowOf(context, budget.per, name);
  const used = parseDecimal(readCounter(context, key));
  if (used === null || used + amount > max) return null;
  return [{ key, amount: formatDecimal(amount), windowEndMs: endMs }];
}

function noCallsLeft(rule: AllowRule, limit: Limit): Blocked {
  const over = limit.per.kind === 'window' ? `${limit.per.lengthMs} ms` : limit.per.kind;
  return {
    rule: `limit:${rule.id}`,
    say: `the limit of ${limit.calls} calls per ${over} is used up`,
  };
}

function noBudgetLeft(rule: AllowRule, budget: Budget): Blocked {
  const over = budget.per.kind === 'window' ? `${budget.per.lengthMs} ms` : budget.per.kind;
  return {
    rule: `budget:${rule.id}`,
    say: `the budget of ${budget.max} per ${over} has no room for \`${budget.sum}\``,
  };
}
