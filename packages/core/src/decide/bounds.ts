import { isJsonObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { BOUNDS } from './state.ts';

/** Returns whether arguments are small and shallow enough to be looked at. */
export function fitsBounds(args: JsonObject): boolean {
  return measure(args, 0) <= BOUNDS.argumentChars;
}

// Counts characters of strings and names, and one for every other value, so that empty ones are
// not free; a value nested too deep counts as too large.
function measure(value: Json, depth: number): number {
  if (depth > BOUNDS.argumentDepth) return Infinity;
  if (typeof value === 'string') return Math.max(1, value.length);
  if (Array.isArray(value)) return sum(value, depth);
  if (!isJsonObject(value)) return 1;
  let total = 1;
  for (const name in value) total += name.length + measure(value[name] ?? null, depth + 1);
  return total;
}

function sum(values: readonly Json[], depth: number): number {
  let total = 1;
  for (const value of values) total += measure(value, depth + 1);
  return total;
}
