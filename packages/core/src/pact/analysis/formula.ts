import type { Json } from '../../json.ts';

/** The names of a path's members, root first: `['args', 'customer', 'id']`. */
export type Segments = readonly string[];

/** A value a condition can spell: what the solver reasons about. */
export type Scalar = null | boolean | number | string;

/** How two terms are compared. */
export type Relation = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** Something with a value. `item` is the variable `all` and `exists` bind. */
export type Term =
  | { readonly kind: 'path'; readonly path: Segments }
  | { readonly kind: 'item' }
  | { readonly kind: 'literal'; readonly value: Scalar }
  | { readonly kind: 'size'; readonly path: Segments }
  | { readonly kind: 'money'; readonly path: Segments }
  | { readonly kind: 'amount'; readonly value: number };

/** How `startsWith`, `endsWith` and `contains` look at a string. */
export type Affix = 'startsWith' | 'endsWith' | 'contains';

/** The leaves the solver decides; `text` is the source of the leaf. */
export type Atom =
  | {
      readonly op: 'compare';
      readonly text: string;
      readonly relation: Relation;
      readonly left: Term;
      readonly right: Term;
    }
  | {
      readonly op: 'in';
      readonly text: string;
      readonly term: Term;
      readonly list: readonly Scalar[];
    }
  | { readonly op: 'member'; readonly text: string; readonly term: Term; readonly list: Segments }
  | {
      readonly op: 'affix';
      readonly text: string;
      readonly affix: Affix;
      readonly term: Term;
      readonly part: string;
    }
  | { readonly op: 'has'; readonly text: string; readonly path: Segments }
  | { readonly op: 'holds'; readonly text: string; readonly term: Term }
  | {
      readonly op: 'each';
      readonly text: string;
      readonly quantifier: 'all' | 'exists';
      readonly list: Segments;
      readonly body: Formula;
    }
  /** Outside the fragment: it may be true, false or an error, alike wherever the text is. */
  | { readonly op: 'opaque'; readonly text: string };

/** A condition on the fragment. Source: spec/pact/analysis.md, section "The fragment". */
export type Formula =
  | { readonly op: 'and' | 'or'; readonly left: Formula; readonly right: Formula }
  | { readonly op: 'not'; readonly of: Formula }
  | {
      readonly op: 'if';
      readonly condition: Formula;
      readonly yes: Formula;
      readonly no: Formula;
    }
  | { readonly op: 'constant'; readonly value: boolean }
  | Atom;

/** What stands at a path: a value, nothing, or nothing because what holds it is missing too. */
export type Held =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken' };

// Keys are asked for at every step of a search, always of the same few arrays.
const keys = new WeakMap<Segments, string>();

/** Returns the key of a path, unique for its segments. */
export function keyOf(path: Segments): string {
  const known = keys.get(path);
  if (known !== undefined) return known;
  const escaped = path.map((name) => name.replaceAll('\\', '\\\\').replaceAll('.', '\\.'));
  const key = escaped.join('.');
  keys.set(path, key);
  return key;
}

/** Returns every atom of a formula, in reading order; those inside `each` bodies too. */
export function* atomsOf(formula: Formula): Generator<Atom> {
  switch (formula.op) {
    case 'and':
    case 'or':
      yield* atomsOf(formula.left);
      yield* atomsOf(formula.right);
      return;
    case 'not':
      yield* atomsOf(formula.of);
      return;
    case 'if':
      yield* atomsOf(formula.condition);
      yield* atomsOf(formula.yes);
      yield* atomsOf(formula.no);
      return;
    case 'constant':
      return;
    case 'each':
      yield formula;
      yield* atomsOf(formula.body);
      return;
    default:
      yield formula;
  }
}

/** Returns whether any path of a formula starts with a root, those inside `each` bodies too. */
export function namesRoot(formula: Formula, root: string): boolean {
  for (const atom of atomsOf(formula)) {
    if (
      atom.op === 'opaque' ? atom.text.includes(root) : pathsOf(atom).some(([at]) => at === root)
    ) {
      return true;
    }
  }
  return false;
}

/** Returns the terms an atom names; not those inside an `each` body. */
export function termsOf(atom: Atom): readonly Term[] {
  switch (atom.op) {
    case 'compare':
      return [atom.left, atom.right];
    case 'in':
    case 'affix':
    case 'holds':
    case 'member':
      return [atom.term];
    default:
      return [];
  }
}

/** Returns the paths an atom reads; not those inside an `each` body. */
export function pathsOf(atom: Atom): readonly Segments[] {
  const terms = termsOf(atom).flatMap((term) => ('path' in term ? [term.path] : []));
  if (atom.op === 'has') return [atom.path];
  if (atom.op === 'member' || atom.op === 'each') return [...terms, atom.list];
  return terms;
}
