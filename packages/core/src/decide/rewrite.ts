import { isJsonObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { ModifyRule, RewriteStep } from '../pact/compiled.ts';
import type { Context } from './context.ts';
import { updateAt, valueAt } from './paths.ts';
import type { Rewrite } from './verdict.ts';

/**
 * Arguments after a rule's rewrites, and what each rewrite put there. `fault` says which value was
 * of a kind that its rewrite cannot change, or is null.
 */
export type Rewritten = {
  readonly args: JsonObject;
  readonly rewrites: readonly Rewrite[];
  readonly fault: string | null;
};

/**
 * Returns the arguments after a rule's rewrites; the same object when nothing changes.
 * Source: spec/decide.md, section "Rewrites".
 */
export function rewriteArgs(context: Context, rule: ModifyRule, args: JsonObject): Rewritten {
  const rewrites: Rewrite[] = [];
  const faults: string[] = [];
  let current = args;
  for (const step of rule.rewrites) {
    const after = rewriteStep(context, step, { args: current, faults });
    if (after === current) continue;
    rewrites.push({ rule: rule.id, path: step.path, value: valueAt(after, step.path) });
    current = after;
  }
  return { args: current, rewrites, fault: faults[0] ?? null };
}

type Tried = { readonly args: JsonObject; readonly faults: string[] };

function rewriteStep(context: Context, step: RewriteStep, { args, faults }: Tried): JsonObject {
  const path = step.path.split('.');
  const misfit = (value: Json, wanted: string): Json => {
    if (value !== null) faults.push(`\`${step.path}\` is not ${wanted}`);
    return value;
  };
  switch (step.kind) {
    case 'redact':
      return updateAt(args, path, (value) =>
        typeof value === 'string' ? step.replacement : misfit(value, 'text'),
      );
    case 'remove':
      return updateAt(args, path, () => undefined);
    case 'clamp':
      return updateAt(args, path, (value) =>
        typeof value === 'number' ? clamp(value, step) : misfit(value, 'a number'),
      );
    case 'keep':
      return updateAt(args, path, (value) =>
        isList(value) ? keep(context, step, value) : misfit(value, 'a list'),
      );
    case 'set':
      return setAt(args, path, { value: step.value, misfit: () => misfit('', 'inside an object') });
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function clamp(value: number, step: Extract<RewriteStep, { kind: 'clamp' }>): number {
  return Math.min(Math.max(value, step.min ?? -Infinity), step.max ?? Infinity);
}

// An element whose condition fails is dropped like one for which it is false.
function keep(
  context: Context,
  step: Extract<RewriteStep, { kind: 'keep' }>,
  value: readonly Json[],
): Json {
  const kept = value.filter((item) => {
    const result = step.where.evaluate({ ...context.scope, item });
    return result.ok && result.value;
  });
  return kept.length === value.length ? value : kept;
}

/** What to set, and what to tell when the way there leads through no object. */
type Setting = { readonly value: Json; readonly misfit: () => void };

function setAt(args: JsonObject, path: readonly string[], setting: Setting): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return args;
  if (rest.length > 0 && !Object.hasOwn(args, name)) {
    return { ...args, [name]: setAt({}, rest, setting) };
  }
  if (rest.length > 0) return updateAt(args, [name], (inner) => setInside(inner, rest, setting));
  if (Object.hasOwn(args, name) && isSame(args[name] ?? null, setting.value)) return args;
  return { ...args, [name]: setting.value };
}

function setInside(inner: Json, path: readonly string[], setting: Setting): Json {
  if (isJsonObject(inner)) return setAt(inner, path, setting);
  if (!isList(inner)) {
    setting.misfit();
    return inner;
  }
  const after = inner.map((element) => setInside(element, path, setting));
  return after.some((element, index) => element !== inner[index]) ? after : inner;
}

function isSame(a: Json, b: Json): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
