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

/** Rewritten arguments, every change on the way in order, and whether a value did not fit. */
export type Rewritten = {
  readonly args: JsonObject;
  readonly changes: readonly Rewrite[];
  readonly isMisfit: boolean;
};

/**
 * Returns the arguments after the rewrites of some rules, in order.
 *
 * Source: spec/decide.md, section "Rewrites".
 */
export function rewrite(turn: Turn, args: JsonObject, rules: readonly ModifyRule[]): Rewritten {
  let rewritten: Rewritten = { args, changes: [], isMisfit: false };
  for (const rule of rules) {
    for (const step of rule.rewrites) {
      if (!fits(rewritten.args, step)) rewritten = { ...rewritten, isMisfit: true };
      const after = withValueAt(rewritten.args, step.path, (old) => stepped(turn, step, old));
      if (canonical(after) === canonical(rewritten.args)) continue;
      const change = { rule: rule.id, path: step.path, value: valueAt(after, step.path) };
      rewritten = { ...rewritten, args: after, changes: [...rewritten.changes, change] };
    }
  }
  return rewritten;
}

/** Whether every value the step is about is null or of the kind it changes. */
function fits(args: JsonObject, step: RewriteStep): boolean {
  switch (step.kind) {
    case 'redact':
      return endsAt(args, step.path).every((end) => end === null || typeof end === 'string');
    case 'clamp':
      return endsAt(args, step.path).every((end) => end === null || typeof end === 'number');
    case 'keep':
      return endsAt(args, step.path).every((end) => end === null || Array.isArray(end));
    case 'set':
      return isWay(args, step.path);
    default:
      return true;
  }
}

function endsAt(value: Json, path: string): readonly Json[] {
  if (path === '') return [value];
  if (typeof value !== 'object' || value === null) return [];
  if (isList(value)) return value.flatMap((each) => endsAt(each, path));
  const [name = '', ...rest] = path.split('.');
  return Object.hasOwn(value, name) ? endsAt(value[name] ?? null, rest.join('.')) : [];
}

/** Whether a path leads through objects, each element of lists, and what is still absent. */
function isWay(value: Json | undefined, path: string): boolean {
  if (path === '' || value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  if (isList(value)) return value.every((each) => isWay(each, path));
  const [name = '', ...rest] = path.split('.');
  return isWay(Object.hasOwn(value, name) ? value[name] : undefined, rest.join('.'));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
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
