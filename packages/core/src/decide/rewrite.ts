import type { Json, JsonObject } from '../json.ts';
import type { ModifyRule, RewriteStep } from '../pact/compiled.ts';
import type { Context } from './context.ts';
import { updateAt, valueAt } from './paths.ts';
import type { Rewrite } from './verdict.ts';

/** Arguments after a rule's rewrites, and what each rewrite put there. */
export type Rewritten = { readonly args: JsonObject; readonly rewrites: readonly Rewrite[] };

/**
 * Returns the arguments after a rule's rewrites; the same object when nothing changes.
 * Source: spec/decide.md, section "Rewrites".
 */
export function rewriteArgs(context: Context, rule: ModifyRule, args: JsonObject): Rewritten {
  const rewrites: Rewrite[] = [];
  let current = args;
  for (const step of rule.rewrites) {
    const after = rewriteStep(context, step, current);
    if (after === current) continue;
    rewrites.push({ rule: rule.id, path: step.path, value: valueAt(after, step.path) });
    current = after;
  }
  return { args: current, rewrites };
}

function rewriteStep(context: Context, step: RewriteStep, args: JsonObject): JsonObject {
  const path = step.path.split('.');
  switch (step.kind) {
    case 'redact':
      return updateAt(args, path, (value) => (isText(value) ? step.replacement : value));
    case 'remove':
      return updateAt(args, path, () => undefined);
    case 'clamp':
      return updateAt(args, path, (value) => clamp(value, step));
    case 'keep':
      return updateAt(args, path, (value) => keep(context, step, value));
    case 'set':
      return setAt(args, path, step.value);
  }
}

function isText(value: Json): value is string {
  return typeof value === 'string';
}

function clamp(value: Json, step: Extract<RewriteStep, { kind: 'clamp' }>): Json {
  if (typeof value !== 'number') return value;
  return Math.min(Math.max(value, step.min ?? -Infinity), step.max ?? Infinity);
}

// An element whose condition fails is dropped like one for which it is false.
function keep(context: Context, step: Extract<RewriteStep, { kind: 'keep' }>, value: Json): Json {
  if (!Array.isArray(value)) return value;
  const kept = value.filter((item: Json) => {
    const result = step.where.evaluate({ ...context.scope, item });
    return result.ok && result.value;
  });
  return kept.length === value.length ? value : kept;
}

function setAt(args: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return args;
  if (rest.length > 0 && !Object.hasOwn(args, name)) {
    return { ...args, [name]: setAt({}, rest, value) };
  }
  if (rest.length > 0) return updateAt(args, [name], (inner) => setInside(inner, rest, value));
  if (Object.hasOwn(args, name) && isSame(args[name] ?? null, value)) return args;
  return { ...args, [name]: value };
}

function setInside(inner: Json, path: readonly string[], value: Json): Json {
  if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
  // The guards above leave only a JSON object, which `Array.isArray` cannot tell readonly types.
  return setAt(inner as JsonObject, path, value);
}

function isSame(a: Json, b: Json): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
