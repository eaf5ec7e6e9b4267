import type { CompiledPact, Condition, Layer, RuleBase, Tool, ToolRules } from '../compiled.ts';
import { readFormula } from './fragment.ts';
import type { Formula } from './formula.ts';
import { all, always, any, fails, fires, matches, never, not } from './goal.ts';
import type { Clause, Goal, Guard } from './goal.ts';

/**
 * What a pact's rules make of the calls of one tool: where they let a call through (perhaps after
 * approval), and where they ask for approval. `text` is everything that decides it, for people.
 */
export type Reach = { readonly lets: Goal; readonly asks: Goal; readonly text: string };

/** Returns the reach of a tool under every layer of a pact. */
export function reachOf(pact: CompiledPact, tool: string): Reach {
  const layers = pact.layers.map((layer) => layerReach(pact, layer, tool));
  return {
    lets: all(...layers.map((reach) => reach.lets)),
    asks: any(...layers.map((reach) => reach.asks)),
    text: layers.map((reach) => reach.text).join('\n'),
  };
}

const formulas = new WeakMap<Condition, Formula>();

function clauseOf(condition: Condition | null): Clause | null {
  if (condition === null) return null;
  const formula = formulas.get(condition) ?? readFormula(condition.text);
  formulas.set(condition, formula);
  return { formula, condition };
}

function guardOf({ when, unless }: RuleBase): Guard {
  return { when: clauseOf(when), unless: clauseOf(unless) };
}

function layerReach(pact: CompiledPact, layer: Layer, tool: string): Reach {
  const rules = layer.rulesFor(tool);
  const declared = pact.tools.get(tool) ?? null;
  const allows = rules.allow.map(({ rule }) => rule).filter(isEnforced);
  const restrictions = [...rules.stepUp, ...rules.defer, ...rules.modify].filter(isEnforced);
  const refused = [
    ...rules.exclude.filter(isEnforced).map((rule) => fires(guardOf(rule))),
    ...restrictions.map((rule) => fails(guardOf(rule))),
  ];
  const isOpen = isWithinAutonomy(layer, declared, rules);
  const allowed = any(...allows.map((rule) => matches(guardOf(rule))));
  const asking = rules.stepUp.filter(isEnforced).map((rule) => matches(guardOf(rule)));
  const lets = isOpen ? all(allowed, ...refused.map(not)) : never;
  const asks = isReviewed(layer, declared) ? always : any(...asking);
  return { lets, asks, text: reachText(rules, { isOpen, asks: asks === always }) };
}

function isEnforced({ mode }: RuleBase): boolean {
  return mode === 'enforce';
}

function isWithinAutonomy(layer: Layer, tool: Tool | null, rules: ToolRules): boolean {
  const isRead = tool !== null && tool.effect === 'read';
  if (layer.autonomy === 1) return isRead && !tool.isOpenWorld;
  return isRead || rules.allow.some(({ exact }) => exact);
}

/** At level 3 a person approves what cannot be undone and what is elevated. */
function isReviewed(layer: Layer, tool: Tool | null): boolean {
  if (layer.autonomy !== 3 || tool === null) return false;
  return (tool.effect !== 'read' && tool.reversible === 'no') || tool.tier === 'elevated';
}

function reachText(rules: ToolRules, world: { isOpen: boolean; asks: boolean }): string {
  const lines = [
    ...rules.allow.map(({ rule }) => ruleText('allow', rule)),
    ...rules.exclude.map((rule) => ruleText('exclude', rule)),
    ...rules.stepUp.map((rule) => ruleText('step_up', rule)),
    ...rules.defer.map((rule) => ruleText('defer', rule)),
    ...rules.modify.map((rule) => ruleText('modify', rule)),
    ...(world.isOpen ? [] : ['beyond the level of autonomy']),
    ...(world.asks ? ['a person approves every call'] : []),
  ];
  return lines.length === 0 ? 'no rule' : lines.join('; ');
}

/** Returns a rule as one line: its kind, its conditions, whether it is only observed. */
function ruleText(kind: string, { when, unless, mode }: RuleBase): string {
  const parts = [
    ...(when === null ? [] : [`when ${when.text}`]),
    ...(unless === null ? [] : [`unless ${unless.text}`]),
  ];
  const conditions = parts.length === 0 ? 'always' : parts.join(' ');
  return `${kind} ${conditions}${mode === 'observe' ? ' (observed)' : ''}`;
}
