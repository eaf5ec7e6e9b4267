import type { AllowRule, Finding, Layer, RuleBase } from '@plumbline/core';

import { callsUsed, hasRoom } from './counters.ts';
import { rewrite } from './rewrite.ts';
import { isUnlisted } from './stages-access.ts';
import {
  denial,
  failing,
  firstDeferredAt,
  globMatches,
  type Match,
  matchRule,
  type Turn,
  waiting,
} from './turn.ts';

/** Stage 12: what has no room, when some allow rule matches and none has room. */
export function limits(turn: Turn, layer: Layer): readonly Finding[] {
  const matching = matchingAllows(turn, layer);
  return chargeOf(turn, layer) === null ? matching.flatMap((rule) => full(turn, layer, rule)) : [];
}

/** Returns the allow rule that is charged: the first that matches and has room, or null. */
export function chargeOf(turn: Turn, layer: Layer): AllowRule | null {
  return matchingAllows(turn, layer).find((rule) => full(turn, layer, rule).length === 0) ?? null;
}

function matchingAllows(turn: Turn, layer: Layer): readonly AllowRule[] {
  return allowMatches(turn, layer).flatMap(({ rule, match }) =>
    rule.mode === 'enforce' && match.kind === 'matches' ? [rule] : [],
  );
}

function allowMatches(
  turn: Turn,
  layer: Layer,
): readonly { readonly rule: AllowRule; readonly match: Match }[] {
  return layer
    .rulesFor(turn.action.tool)
    .allow.map(({ rule }) => ({ rule, match: matchRule(turn, rule, false) }));
}

function full(turn: Turn, layer: Layer, rule: AllowRule): readonly Finding[] {
  const charged = { layer: turn.pact.layers.indexOf(layer), rule: rule.id };
  const { args } = turn.action;
  return [
    ...rule.limits
      .filter(({ calls, per }) => callsUsed(turn, charged, per) + 1 > calls)
      .map(() => denial('limits', `limit:${rule.id}`)),
    ...rule.budgets
      .filter((budget) => !hasRoom(turn, charged, { budget, args }))
      .map(() => denial('limits', `budget:${rule.id}`)),
  ];
}

/** Stage 19. */
export function checkpoints(turn: Turn, layer: Layer): readonly Finding[] {
  const { tool } = turn.action;
  if (!tool.startsWith('handoff.')) return [];
  const agent = tool.slice('handoff.'.length);
  return layer
    .rulesFor(tool)
    .checkpoints.filter(({ to }) => to.some((name) => globMatches(name, agent)))
    .map(({ id, approvers, quorum, withinMs }) => ({
      stage: 'checkpoints',
      rule: id,
      kind: 'step_up',
      say: '',
      requirement: { rule: id, approvers, quorum, withinMs },
    }));
}

/** Stage 20, without the denial of a person. */
export function stepUps(turn: Turn, layer: Layer): readonly Finding[] {
  return layer.rulesFor(turn.action.tool).stepUp.flatMap((rule) =>
    restricted(turn, { stage: 'step_up', rule }, () => {
      const { id, approvers, quorum, withinMs } = rule;
      const requirement = { rule: id, approvers, quorum, withinMs };
      return { stage: 'step_up', rule: id, kind: 'step_up', say: rule.say, requirement };
    }),
  );
}

/** Stage 21. */
export function defers(turn: Turn, layer: Layer): readonly Finding[] {
  return layer.rulesFor(turn.action.tool).defer.flatMap((rule) => {
    const until = rule.until.filter((name) => !turn.facts.has(name));
    if (until.length === 0) return [];
    return restricted(turn, { stage: 'defer', rule }, () => {
      const isOver = turn.now - firstDeferredAt(turn) >= rule.withinMs;
      if (isOver) return denial('defer', rule.id);
      const { id, withinMs } = rule;
      return { stage: 'defer', rule: id, kind: 'defer', say: '', until, withinMs };
    });
  });
}

/** Stage 22. */
export function modifies(turn: Turn, layer: Layer): readonly Finding[] {
  return layer.rulesFor(turn.action.tool).modify.flatMap((rule) => {
    return restricted(turn, { stage: 'modify', rule }, () => {
      const { changes, isMisfit } = rewrite(turn, turn.action.args, [rule]);
      if (isMisfit) return denial('modify', rule.id);
      if (changes.length === 0) return null;
      return { stage: 'modify', rule: rule.id, kind: 'modify', say: '' };
    });
  });
}

function restricted(
  turn: Turn,
  { stage, rule }: { readonly stage: 'step_up' | 'defer' | 'modify'; readonly rule: RuleBase },
  found: () => Finding | null,
): readonly Finding[] {
  const match = matchRule(turn, rule, true);
  const observed = rule.mode === 'observe';
  if (match.kind === 'passes') return [];
  if (match.kind === 'fails') return [failing(turn, { stage, rule: rule.id, observed }, match.on)];
  const finding = found();
  return finding === null ? [] : [{ ...finding, ...(observed ? { observed } : {}) }];
}

/** Stage 23. Rules after the one that is charged are not looked at. */
export function allows(turn: Turn, layer: Layer): readonly Finding[] {
  const charge = chargeOf(turn, layer);
  const all = allowMatches(turn, layer);
  const seen =
    charge === null
      ? all
      : all.slice(
          0,
          all.findIndex(({ rule }) => rule === charge),
        );
  const observed = seen
    .filter(({ rule, match }) => rule.mode === 'observe' && match.kind === 'matches')
    .map(({ rule }) => ({ ...allowed(rule), observed: true }));
  if (charge !== null) return [...observed, allowed(charge)];
  if (matchingAllows(turn, layer).length > 0) return observed;
  const pending = seen.flatMap(({ rule, match }) => {
    const at = { stage: 'allow', rule: rule.id, observed: rule.mode === 'observe' } as const;
    const finding = match.kind === 'fails' ? waiting(turn, at, match.on) : null;
    return finding === null ? [] : [finding];
  });
  const isAnswered = pending.some((finding) => !finding.observed) || isUnlisted(turn, layer);
  const denied = isAnswered ? [] : [denial('allow', 'no-allow', { violation: true })];
  return [...observed, ...pending, ...denied];
}

function allowed(rule: AllowRule): Finding {
  return { stage: 'allow', rule: rule.id, kind: 'allow', say: '' };
}
