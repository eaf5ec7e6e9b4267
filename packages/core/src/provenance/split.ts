import type { Json } from '../json.ts';
import type { Trust } from '../pact/compiled.ts';
import type { Purpose, Tree } from './fields.ts';
import { fieldsOfJson } from './fields.ts';
import { fieldsOfJsonText } from './json-text.ts';
import { fieldsOfYamlText } from './yaml-text.ts';

/** Longer text is never split, so that reading a result stays bounded. UTF-16 units. */
const MAX_SPLIT = 1024 * 1024;

/** A run of text of one source: a whole result (`path` empty) or one field of it. */
export type Part = {
  readonly path: string;
  readonly isTrusted: boolean;
  readonly leaves: readonly string[];
};

/**
 * Returns the parts of a result; a part may be without text.
 *
 * A result that cannot be split is one part with the tool's default trust; but when the tool
 * declares an untrusted field that part is untrusted too, because it may hold that field.
 * Source: spec/decide.md, section "Sources of a value".
 */
export function splitResult(result: Json, trust: Trust): readonly Part[] {
  const tree = treeOf(result, trust, 'fields');
  if (tree !== null) return tree.all;
  const isTrusted = trust.byDefault === 'trusted' && trust.untrusted.length === 0;
  return [
    { path: '', isTrusted, leaves: typeof result === 'string' ? [result] : leavesOf(result) },
  ];
}

/**
 * Returns whether a result holds text that is not trusted; reads only up to the first such text.
 *
 * A result that cannot be split holds such text wherever any field could.
 */
export function holdsUntrustedText(result: Json, trust: Trust): boolean {
  const { byDefault, trusted, untrusted } = trust;
  if (byDefault === 'trusted' && untrusted.length === 0) return false;
  const isUniform = trusted.length === 0 && byDefault === 'untrusted';
  if (!isUniform && treeOf(result, trust, 'trust') !== null) return false;
  return leavesOf(result).some((leaf) => leaf.trim() !== '');
}

function treeOf(result: Json, trust: Trust, purpose: Purpose): Tree | null {
  if (typeof result === 'object' && result !== null) return fieldsOfJson(result, trust, purpose);
  if (typeof result !== 'string' || result.length > MAX_SPLIT) return null;
  switch (trust.format) {
    case 'text':
      return null;
    case 'json':
      return fieldsOfJsonText(result, trust, purpose);
    case 'yaml':
      return fieldsOfYamlText(result, trust, purpose);
  }
}

/** Returns every text in a value, keys included; null and booleans hold none. Never recurses. */
export function leavesOf(value: Json): readonly string[] {
  const leaves: string[] = [];
  const rest: Json[] = [value];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (typeof next === 'string') leaves.push(next);
    else if (typeof next === 'number') leaves.push(String(next));
    else if (typeof next === 'object' && next !== null) pushMembers(rest, next);
  }
  return leaves;
}

/** Puts members on top of the rest so that the first is next, each after its name. */
function pushMembers(rest: Json[], value: NonNullable<Json> & object): void {
  const names = Array.isArray(value) ? null : Object.keys(value);
  const members: readonly Json[] = Object.values(value);
  for (let at = members.length - 1; at >= 0; at -= 1) {
    rest.push(members[at] ?? null);
    if (names !== null) rest.push(names[at] ?? null);
  }
}
