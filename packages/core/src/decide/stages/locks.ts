import { isJsonObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { NOTHING } from '../context.ts';
import type { Context } from '../context.ts';
import { valueAt } from '../paths.ts';
import { BOUNDS, lockKey } from '../state.ts';
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
  const value = valueAt(context.action.args, entity.id);
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  const fields = [null, ...memberPaths(context.action.args, '')];
  return fields.some((field) => {
    const untilMs = context.state.locks.get(lockKey(entity.kind, String(value), field));
    return untilMs !== undefined && (untilMs === null || context.now < untilMs);
  });
}

// A lock may name a member of a member, so every path through objects is one.
function memberPaths(args: JsonObject, prefix: string): readonly string[] {
  return Object.entries(args).flatMap(([name, member]) => {
    const path = `${prefix}${name}`;
    return isJsonObject(member) ? [path, ...memberPaths(member, `${path}.`)] : [path];
  });
}
