import type { Domain } from './domain.ts';
import { atomsOf, keyOf, pathsOf, termsOf } from './formula.ts';
import type { Atom, Formula, Segments, Term } from './formula.ts';

/** Returns the domain of a path of the action under question. */
export type DomainOf = (path: Segments) => Domain;

/** What the atoms ask of one path. `listAtoms` are those that look at its elements. */
export type PathNeeds = {
  readonly key: string;
  readonly path: Segments;
  readonly domain: Domain;
  readonly sizes: number[];
  readonly listAtoms: Set<string>;
  isMoney: boolean;
};

/**
 * Paths that atoms relate to each other, with every constant any of them meets: their values are
 * chosen from one pool.
 */
export type PathGroup = {
  readonly paths: PathNeeds[];
  readonly numbers: Set<number>;
  readonly strings: Set<string>;
  readonly prefixes: Set<string>;
  readonly suffixes: Set<string>;
  readonly parts: Set<string>;
  isOrdered: boolean;
};

type Book = {
  readonly needs: Map<string, PathNeeds>;
  readonly groups: Map<string, PathGroup>;
  readonly domainOf: DomainOf;
};

/** Returns the groups of paths the formulas read, with what is asked of them. */
export function gatherNeeds(
  formulas: readonly Formula[],
  domainOf: DomainOf,
): ReadonlySet<PathGroup> {
  const book: Book = { needs: new Map(), groups: new Map(), domainOf };
  for (const formula of formulas) {
    for (const atom of topAtoms(formula)) noteAtom(book, atom, null);
  }
  return new Set(book.groups.values());
}

/** `atomsOf` also walks the bodies of `each`; those are noted with their list. */
function topAtoms(formula: Formula): readonly Atom[] {
  const inner = new Set<Atom>();
  const atoms = [...atomsOf(formula)];
  for (const atom of atoms) {
    if (atom.op !== 'each') continue;
    for (const part of atomsOf(atom.body)) inner.add(part);
  }
  return atoms.filter((atom) => !inner.has(atom));
}

function noteAtom(book: Book, atom: Atom, list: PathNeeds | null): void {
  const paths = pathsOf(atom).map((path) => noteDomain(book, path));
  const linked = list === null || !asksItem(atom) ? paths : [list, ...paths];
  const group = joined(book, linked);
  if (group !== null) noteConstants(group, atom);
  for (const term of termsOf(atom)) noteTerm(book, term);
  if (atom.op === 'compare') noteSizes(book, atom);
  if (atom.op === 'member' || atom.op === 'each') {
    noteDomain(book, atom.list).listAtoms.add(atom.text);
  }
  if (atom.op !== 'each') return;
  const over = noteDomain(book, atom.list);
  for (const inner of atomsOf(atom.body)) noteAtom(book, inner, over);
}

function asksItem(atom: Atom): boolean {
  return termsOf(atom).some((term) => term.kind === 'item');
}

/** Notes a path, and what its own domain distinguishes. */
function noteDomain(book: Book, path: Segments): PathNeeds {
  const key = keyOf(path);
  const known = book.needs.get(key);
  if (known !== undefined) return known;
  const domain = book.domainOf(path);
  const needs: PathNeeds = { key, path, domain, sizes: [], listAtoms: new Set(), isMoney: false };
  const group: PathGroup = {
    paths: [needs],
    numbers: new Set([domain.least, domain.most].filter(Number.isFinite)),
    strings: new Set(),
    prefixes: new Set(),
    suffixes: new Set(),
    parts: new Set(),
    isOrdered: false,
  };
  for (const value of [...(domain.values ?? []), ...(domain.items?.values ?? [])]) {
    noteValue(group, value);
  }
  needs.sizes.push(...[domain.shortest, domain.longest].filter((n) => n > 0 && n < Infinity));
  book.needs.set(key, needs);
  book.groups.set(key, group);
  return needs;
}

function noteValue(group: PathGroup, value: unknown): void {
  if (typeof value === 'number') group.numbers.add(value);
  if (typeof value === 'string') group.strings.add(value);
}

function joined(book: Book, needs: readonly PathNeeds[]): PathGroup | null {
  const [first] = needs;
  const group = first && book.groups.get(first.key);
  if (group === undefined) return null;
  for (const { key } of needs) {
    const other = book.groups.get(key);
    if (other === undefined || other === group) continue;
    absorb(group, other);
    for (const path of other.paths) book.groups.set(path.key, group);
  }
  return group;
}

function absorb(group: PathGroup, other: PathGroup): void {
  group.paths.push(...other.paths);
  for (const value of other.numbers) group.numbers.add(value);
  for (const value of other.strings) group.strings.add(value);
  for (const value of other.prefixes) group.prefixes.add(value);
  for (const value of other.suffixes) group.suffixes.add(value);
  for (const value of other.parts) group.parts.add(value);
  group.isOrdered ||= other.isOrdered;
}

function noteConstants(group: PathGroup, atom: Atom): void {
  if (atom.op === 'affix') {
    const sets = { startsWith: 'prefixes', endsWith: 'suffixes', contains: 'parts' } as const;
    group[sets[atom.affix]].add(atom.part);
  }
  if (atom.op === 'in') for (const value of atom.list) noteValue(group, value);
  if (atom.op === 'compare' && atom.left.kind === 'size') return;
  if (atom.op === 'compare' && atom.relation !== '==' && atom.relation !== '!=') {
    group.isOrdered = true;
  }
  for (const term of termsOf(atom)) {
    if (term.kind === 'literal' || term.kind === 'amount') noteValue(group, term.value);
  }
}

function noteTerm(book: Book, term: Term): void {
  if (term.kind === 'money') noteDomain(book, term.path).isMoney = true;
}

function noteSizes(book: Book, atom: Atom & { op: 'compare' }): void {
  if (atom.left.kind !== 'size' || atom.right.kind !== 'literal') return;
  if (typeof atom.right.value === 'number') {
    noteDomain(book, atom.left.path).sizes.push(atom.right.value);
  }
}
