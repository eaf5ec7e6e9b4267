import { isJsonObject } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import { valuesAt } from '../../provenance/identifiers.ts';
import { NOTHING } from '../context.ts';
import type { Context } from '../context.ts';
import { BOUNDS, lockEnd, lockKey } from '../state.ts';
import type { Finding } from '../verdict.ts';

/** Returns a deny when an agent would change what a person decided. */
export function locks(context: Context): readonly Finding[] {
  const entity = context.tool?.entity ?? null;
  if (entity === null || context.effect === 'read') return NOTHING;
  const isLocked = context.reader.look(`lock/${entity.kind}`, () => holds(context));
  if (!isLocked) return NOTHING;
  const rule = `lock:${entity.kind}`;
  const say = `a person decided this ${entity.kind}; an agent may not change it`;
  return [{ stage: 'locks', rule, kind: 'deny', say }];
}

function holds(context: Context): boolean {
  const entity = context.tool?.entity ?? null;
  if (entity === null || context.state.locks.size === 0) return false;
  if (context.state.locks.size >= BOUNDS.locks) return true;
  const { args } = context.action;
  const ids = new Set(valuesAt(args, entity.id).map(String));
  if (ids.size === 0) return mayBeHeld(context, entity.kind);
  const fields = [null, ...fieldNames(args)];
  return [...ids].some((id) => fields.some((field) => isHeld(context, entity.kind, { id, field })));
}

// What names no id may be about any of them.
function mayBeHeld({ state, action, now }: Context, kind: string): boolean {
  const ends = new Set([null, ...fieldNames(action.args)].map(lockEnd));
  const prefix = `[${JSON.stringify(kind)},`;
  return [...state.locks].some(([key, untilMs]) => {
    if (!key.startsWith(prefix) || (untilMs !== null && now >= untilMs)) return false;
    return ends.has(endOf(key));
  });
}

function endOf(key: string): string {
  // Written by `lockKey` alone: the entity, the id, and the field or null.
  const [, , field] = JSON.parse(key) as readonly [string, string, string | null];
  return `,${JSON.stringify(field)}]`;
}

type Held = { readonly id: string; readonly field: string | null };

function isHeld({ state, now }: Context, kind: string, { id, field }: Held): boolean {
  const untilMs = state.locks.get(lockKey(kind, id, field));
  return untilMs !== undefined && (untilMs === null || now < untilMs);
}

// A field is present wherever its name stands: a tool may take it inside a patch or a list.
function fieldNames(args: JsonObject): ReadonlySet<string> {
  const names = new Set<string>();
  for (const path of memberPaths(args, [])) {
    for (const index of path.keys()) names.add(path.slice(index).join('.'));
  }
  return names;
}

function memberPaths(value: Json, above: readonly string[]): readonly (readonly string[])[] {
  if (Array.isArray(value)) return value.flatMap((each: Json) => memberPaths(each, above));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const path = [...above, name];
    return [path, ...memberPaths(member, path)];
  });
}
