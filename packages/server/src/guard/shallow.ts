import type { Json } from '@plumbline/core';

/** How deep arguments and facts may nest. What the kernel finds too deep is less, and recorded. */
export const MAX_DEPTH = 128;

/** Returns whether a value nests no deeper than it may; never recurses deeper than that. */
export function isShallow(value: Json, depth: number = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((element: Json) => isShallow(element, depth - 1));
  for (const member of Object.values(value)) if (!isShallow(member, depth - 1)) return false;
  return true;
}
