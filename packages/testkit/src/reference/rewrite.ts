import {
  canonical,
  type Json,
  type JsonObject,
  type ModifyRule,
  type Rewrite,
  type RewriteStep,
} from '@plumbline/core';

import { evaluateText } from './condition.ts';
import { valueAt, withValueAt } from './paths.ts';
import { scopeOf, type Turn } from './turn.ts';

/** Rewritten arguments and every change on the way, in order. */
export type Rewritten = { readonly args: JsonObject; readonly changes: readonly Rewrite[] };

/**
 * Returns the arguments after the rewrites of some rules, in order.
 *
 * Source: spec/decide.md, section "Rewrites".
 */
export function rewrite(turn: Turn, args: JsonObject, rules: readonly ModifyRule[]): Rewritten {
  let rewritten: Rewritten = { args, changes: [] };
  for (const rule of rules) {
    for (const step of rule.rewrites) {
      const after = withValueAt(rewritten.args, step.path, (old) => stepped(turn, step, old));
      if (canonical(after) === canonical(rewritten.args)) continue;
      const change = { rule: rule.id, path: step.path, value: valueAt(after, step.path) };
      rewritten = { args: after, changes: [...rewritten.changes, change] };
    }
  }
  return rewritten;
}

function stepped(turn: Turn, step: RewriteStep, old: Json | undefined): Json | undefined {
  switch (step.kind) {
    case 'redact':
      return typeof old === 'string' ? step.replacement : old;
    case 'remove':
      return undefined;
    case 'clamp':
      if (typeof old !== 'number') return old;
      return Math.min(step.max ?? Infinity, Math.max(step.min ?? -Infinity, old));
    case 'keep':
      return Array.isArray(old) ? old.filter((item: Json) => isKept(turn, step, item)) : old;
    case 'set':
      return step.value;
    default:
      return step satisfies never;
  }
}

function isKept(turn: Turn, step: RewriteStep & { readonly kind: 'keep' }, item: Json): boolean {
  const { text } = step.where;
  const found = evaluateText(text, scopeOf(turn, text, item));
  return found.ok && found.value;
}
