import type { Condition, CompiledPact, ToolRules } from '../pact/compiled.ts';
import type { Action } from './action.ts';
import type { FactRequest } from './fact.ts';
import { toolOf } from './tools.ts';

/**
 * Returns the facts that could matter for an action, whatever the state: every fact a rule for this
 * tool names or waits for. `key` is the path of the argument the look-up is about, or null.
 */
export function plan(pact: CompiledPact, action: Action): readonly FactRequest[] {
  const names = new Set<string>();
  if (toolOf(pact, action.tool)?.effectFrom != null) names.add('command');
  if (action.tool.startsWith('output.')) names.add('output');
  for (const layer of pact.layers) {
    for (const name of namedBy(layer.rulesFor(action.tool))) names.add(name);
    for (const flow of layer.flows) flow.unless?.facts.forEach((name) => names.add(name));
  }
  return [...names].sort().map((name) => requestFor(pact, name));
}

function namedBy(rules: ToolRules): readonly string[] {
  const all = [
    ...rules.allow.map(({ rule }) => rule),
    ...rules.exclude,
    ...rules.stepUp,
    ...rules.defer,
    ...rules.modify,
  ];
  const conditions = all.flatMap(({ when, unless }) => [when, unless]);
  const awaited = rules.defer.flatMap(({ until }) => until);
  return [...conditions.flatMap(factsOf), ...awaited];
}

function factsOf(condition: Condition | null): readonly string[] {
  return condition?.facts ?? [];
}

function requestFor(pact: CompiledPact, name: string): FactRequest {
  const rule = pact.facts.get(name);
  return { name, key: rule?.key ?? null, maxAgeMs: rule?.maxAgeMs ?? 0 };
}
