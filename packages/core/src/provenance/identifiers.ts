import type { Json, JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { identifiersInText } from './identifier-text.ts';

/** An identifier in the arguments; `path` is where it stands (`to[0]`, `body`, `meta.url`). */
export type Identifier = { readonly path: string; readonly value: string };

/**
 * Returns the identifiers in the arguments, in document order, keys of nested objects included.
 *
 * Values are as written, but folded (NFKC, no invisible characters). Whole numbers of 8 and more
 * digits count as account numbers.
 * Source: spec/decide.md, section "Sources of a value".
 */
export function identifiersIn(args: JsonObject): readonly Identifier[] {
  const found: Identifier[] = [];
  for (const name of Object.keys(args)) addFrom(args[name] ?? null, name, found);
  return found;
}

function addFrom(value: Json, path: string, found: Identifier[]): void {
  if (typeof value === 'string') addText(value, path, found);
  else if (typeof value === 'number') addNumber(value, path, found);
  else if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) addFrom(element, `${path}[${index}]`, found);
  } else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      const below = `${path}.${name}`;
      addText(name, below, found);
      addFrom(member, below, found);
    }
  }
}

function addText(text: string, path: string, found: Identifier[]): void {
  for (const value of identifiersInText(text)) found.push({ path, value });
}

function addNumber(value: number, path: string, found: Identifier[]): void {
  if (Number.isInteger(value) && Math.abs(value) >= 10_000_000) {
    found.push({ path, value: String(value) });
  }
}

/**
 * Returns the strings and numbers at a dotted path: the elements of lists, the leaves of objects.
 *
 * Null, booleans, empty strings and an absent path give none.
 */
export function valuesAt(args: JsonObject, path: string): readonly (string | number)[] {
  const found: (string | number)[] = [];
  descend(args, path.split('.'), found);
  return found;
}

function descend(value: Json, keys: readonly string[], found: (string | number)[]): void {
  const [key, ...rest] = keys;
  if (key === undefined) addLeaves(value, found);
  else if (Array.isArray(value)) for (const element of value) descend(element, keys, found);
  else if (isJsonObject(value) && Object.hasOwn(value, key)) {
    descend(value[key] ?? null, rest, found);
  }
}

function addLeaves(value: Json, found: (string | number)[]): void {
  if (typeof value === 'number' || (typeof value === 'string' && value !== '')) found.push(value);
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) addLeaves(member, found);
}
