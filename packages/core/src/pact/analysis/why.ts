import type { CompiledPact } from '../compiled.ts';
import type { Example } from './change.ts';
import { tryAction } from './trial.ts';
import { leavesOf } from '../../provenance/split.ts';

/** Returns `, by rule ... when ...`: the allow rules that let an example through. */
export function whyLet(pact: CompiledPact, example: Example): string {
  const { charges, because } = decisionOn(pact, example);
  const named = charges.length > 0 ? charges : allowsOf(pact, example);
  const rules = named.map((id) => ruleOf(pact, example.tool, id)).join(' and ');
  const asks = because.some(({ kind }) => kind === 'step_up') ? ', after approval' : '';
  return `${rules === '' ? '' : `, by ${rules}`}${asks}`;
}

/** Returns `, by rule ... when ...`: what refuses or asks about an example. */
export function whyNot(pact: CompiledPact, example: Example): string {
  const { because } = decisionOn(pact, example);
  const ids = [...new Set(because.map(({ rule }) => rule))];
  const rules = ids.map((id) => ruleOf(pact, example.tool, id)).join(' and ');
  return rules === '' ? '' : `, by ${rules}`;
}

function decisionOn(pact: CompiledPact, example: Example): ReturnType<typeof tryAction> {
  const principalText = leavesOf(example.args).join('\n');
  return tryAction(pact, { ...example, principalText, isClaimed: true });
}

function allowsOf(pact: CompiledPact, { tool }: Example): readonly string[] {
  return pact.layers.flatMap((layer) => layer.rulesFor(tool).allow.map(({ rule }) => rule.id));
}

function ruleOf({ layers }: CompiledPact, tool: string, id: string): string {
  if (id === 'no-allow' || id === 'unlisted') return 'no rule that allows it';
  for (const layer of layers) {
    const { allow, exclude, stepUp, defer, modify } = layer.rulesFor(tool);
    const rules = [...allow.map(({ rule }) => rule), ...exclude, ...stepUp, ...defer, ...modify];
    const found = rules.find((rule) => rule.id === id);
    if (found?.when) return `rule \`${id}\` when \`${found.when.text}\``;
    if (found?.unless) return `rule \`${id}\` unless \`${found.unless.text}\``;
  }
  return `rule \`${id}\``;
}
