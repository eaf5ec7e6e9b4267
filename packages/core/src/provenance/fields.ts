import type { Json, JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { Trust } from '../pact/compiled.ts';

/** A structured result deeper than this, or with more fields, is not split. */
export const MAX_DEPTH = 64;
/** How many different field paths one result is split into at most. */
export const MAX_FIELDS = 1024;

/**
 * One field of a structured result: everything that stood at one path, list indices left out.
 *
 * `leaves` are texts in document order; a key no trust declaration mentions is one of them, because
 * in a table keyed by name the names are content.
 */
export type Field = {
  readonly path: string;
  readonly isTrusted: boolean;
  readonly leaves: string[];
  children: Map<string, Field> | null;
  /** The mapping that last held this key, so that the same key again is noticed. */
  lastMapping: number;
};

/** The fields of one result while it is read. `count` and `mappings` are running numbers. */
export type Tree = {
  readonly root: Field;
  readonly trust: DeclaredTrust;
  readonly all: Field[];
  readonly purpose: Purpose;
  mappings: number;
};

/** Why a result is read: for all its fields, or only to know whether all its text is trusted. */
export type Purpose = 'fields' | 'trust';

/** A trust declaration as sets of paths; `prefixes` are the paths above a declared one. */
type DeclaredTrust = {
  readonly trusted: ReadonlySet<string>;
  readonly untrusted: ReadonlySet<string>;
  readonly prefixes: ReadonlySet<string>;
};

const declarations = new WeakMap<Trust, DeclaredTrust>();

/** Returns an empty tree of fields under a tool's trust declaration. */
export function fieldTree(trust: Trust, purpose: Purpose): Tree {
  const declared = declarations.get(trust) ?? declare(trust);
  const isTrusted = trustOf(declared, '', trust.byDefault === 'trusted');
  const root: Field = { path: '', isTrusted, leaves: [], children: null, lastMapping: 0 };
  return { root, trust: declared, all: [root], purpose, mappings: 0 };
}

function declare(trust: Trust): DeclaredTrust {
  const plain = (path: string): string => (path === '*' ? '' : path.replace(/\.\*$/, ''));
  const trusted = new Set(trust.trusted.map(plain));
  const untrusted = new Set(trust.untrusted.map(plain));
  const prefixes = new Set([...trusted, ...untrusted].flatMap(prefixesOf));
  const declared = { trusted, untrusted, prefixes };
  declarations.set(trust, declared);
  return declared;
}

function prefixesOf(path: string): readonly string[] {
  const keys = path.split('.');
  return keys.map((_, index) => keys.slice(0, index + 1).join('.'));
}

/** The nearest declaration at or above a path holds; a path declared both ways is untrusted. */
function trustOf(declared: DeclaredTrust, path: string, inherited: boolean): boolean {
  if (declared.untrusted.has(path)) return false;
  return declared.trusted.has(path) || inherited;
}

/** Returns the number of a mapping that begins; `child` needs it. */
export function beginMapping(tree: Tree): number {
  tree.mappings += 1;
  return tree.mappings;
}

/** Returns the field below `parent`; null for a key repeated, or when fields are too many. */
export function child(
  tree: Tree,
  parent: Field,
  key: { name: string; mapping: number },
): Field | null {
  const known = parent.children?.get(key.name);
  if (known !== undefined) {
    if (known.lastMapping === key.mapping) return null;
    known.lastMapping = key.mapping;
    return known;
  }
  if (tree.all.length >= MAX_FIELDS) return null;
  return addChild(tree, parent, key);
}

function addChild(tree: Tree, parent: Field, key: { name: string; mapping: number }): Field | null {
  const written = writtenKey(key.name);
  const path = parent.path === '' ? written : `${parent.path}.${written}`;
  const isTrusted = trustOf(tree.trust, path, parent.isTrusted);
  const leaves = tree.trust.prefixes.has(path) ? [] : [key.name];
  const added: Field = { path, isTrusted, leaves, children: null, lastMapping: key.mapping };
  parent.children ??= new Map();
  parent.children.set(key.name, added);
  tree.all.push(added);
  return leaves.length > 0 && endsReading(tree, added, key.name) ? null : added;
}

/** Adds a text to a field; false when reading may end here, the answer being known. */
export function addLeaf(tree: Tree, field: Field, text: string): boolean {
  field.leaves.push(text);
  return !endsReading(tree, field, text);
}

function endsReading({ purpose }: Tree, { isTrusted }: Field, text: string): boolean {
  return purpose === 'trust' && !isTrusted && text.trim() !== '';
}

/** A key with a dot is written quoted, so that it never passes for two declared keys. */
function writtenKey(name: string): string {
  return name === '' || name.includes('.') || name.includes('"') ? JSON.stringify(name) : name;
}

/**
 * Returns the tree of a structured value, or null when it is too deep or has too many fields.
 *
 * Strings and numbers are leaves; null and booleans hold no text.
 */
export function fieldsOfJson(
  value: JsonObject | readonly Json[],
  trust: Trust,
  purpose: Purpose = 'fields',
): Tree | null {
  const tree = fieldTree(trust, purpose);
  return addJson(tree, tree.root, { value, depth: 0 }) ? tree : null;
}

function addJson(tree: Tree, field: Field, at: { value: Json; depth: number }): boolean {
  const { value, depth } = at;
  if (typeof value === 'string') return addLeaf(tree, field, value);
  if (typeof value === 'number') return addLeaf(tree, field, String(value));
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  if (!isJsonObject(value)) {
    return value.every((element) => addJson(tree, field, { value: element, depth: depth + 1 }));
  }
  const mapping = beginMapping(tree);
  return Object.entries(value).every(([name, member]) => {
    const below = child(tree, field, { name, mapping });
    return below !== null && addJson(tree, below, { value: member, depth: depth + 1 });
  });
}
