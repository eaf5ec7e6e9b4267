import { candidatesOf } from './candidates.ts';
import type { Candidates } from './candidates.ts';
import { atomsOf, keyOf, pathsOf } from './formula.ts';
import type { Atom, Held } from './formula.ts';
import { atomsOfGoal, openWishes, standingOf, wishesOf } from './goal.ts';
import type { Goal } from './goal.ts';
import { gatherNeeds } from './needs.ts';
import type { DomainOf } from './needs.ts';
import { ANY, ERROR, FALSE, outcomesOf, TRUE } from './outcome.ts';
import type { Knowledge, Outcomes } from './outcome.ts';
import { separate } from './overlap.ts';

/** Steps left to spend; shared by the questions of one analysis so that the whole is bounded. */
export type Budget = { left: number };

/** What the solver needs besides the goal. */
export type Question<W> = {
  readonly goal: Goal;
  readonly domainOf: DomainOf;
  readonly budget: Budget;
  /** Returns the example these values make when it holds for real, or null. */
  readonly confirm: (known: Knowledge) => W | null;
  /** Only `none` matters: where it cannot be proved, nothing is searched. */
  readonly isProofOnly?: boolean;
};

/** `none` is certain; `found` is confirmed; anything else is `undetermined`. */
export type Answer<W> =
  | { readonly kind: 'found'; readonly witness: W }
  | { readonly kind: 'none' }
  | { readonly kind: 'undetermined'; readonly why: 'outside the fragment' | 'too large' };

type Search<W> = {
  readonly question: Question<W>;
  readonly goal: Goal;
  readonly cost: number;
  readonly candidates: ReadonlyMap<string, Candidates>;
  readonly held: Map<string, Held>;
  readonly opaque: Map<string, Outcomes>;
  readonly below: ReadonlyMap<string, string>;
  unconfirmed: number;
  isOut: boolean;
};

const maxUnconfirmed = 32;

/**
 * Returns an example that meets the goal, the certainty that there is none, or neither.
 *
 * Every path gets values from a finite set that stands for all it can hold, so that finding nothing
 * is a proof. Spends the budget; out of it the answer is `undetermined`.
 * Source: spec/pact/analysis.md, section "Exactness".
 */
export function solve<W>(question: Question<W>): Answer<W> {
  const { goal, below } = separate(question.goal, question.domainOf);
  const wishes = [...wishesOf(goal)];
  const groups = gatherNeeds(
    wishes.map((wish) => wish.formula),
    question.domainOf,
  );
  const candidates = new Map([...groups].flatMap((group) => [...candidatesOf(group)]));
  const search: Search<W> = {
    question,
    goal,
    cost: 1 + Math.ceil([...atomsOfGoal(goal)].length / 4),
    candidates,
    held: new Map(),
    opaque: new Map(),
    below,
    unconfirmed: 0,
    isOut: false,
  };
  // What a question costs before its first step: reading atoms and making up candidates.
  search.question.budget.left -= 20 + 8 * search.cost;
  const isExact = [...candidates.values()].every((each) => each.isExact);
  if (!isExact && question.isProofOnly === true) return OUTSIDE;
  const witness = visit(search);
  if (witness !== null) return { kind: 'found', witness };
  if (search.isOut) return { kind: 'undetermined', why: 'too large' };
  const isProof = isExact && search.unconfirmed === 0;
  return isProof ? { kind: 'none' } : OUTSIDE;
}

const OUTSIDE = { kind: 'undetermined', why: 'outside the fragment' } as const;

function visit<W>(search: Search<W>): W | null {
  const { question, goal } = search;
  question.budget.left -= search.cost;
  if (question.budget.left < 0 || search.unconfirmed > maxUnconfirmed) {
    search.isOut = true;
    return null;
  }
  const standing = standingOf(goal, search);
  if (standing === 'missed') return null;
  if (standing === 'met') return confirmed(search);
  const atom = undecidedAtom(search);
  if (atom === null) return confirmed(search);
  return atom.op === 'opaque' ? visitOpaque(search, atom.text) : visitPath(search, atom);
}

function confirmed<W>(search: Search<W>): W | null {
  const witness = search.question.confirm(search);
  if (witness === null) search.unconfirmed += 1;
  return witness;
}

/** The first atom of the first open wish that still has several outcomes. */
function undecidedAtom<W>(search: Search<W>): Atom | null {
  for (const wish of openWishes(search.goal, search)) {
    for (const atom of atomsOf(wish.formula)) {
      if (atom.op === 'opaque' && !search.opaque.has(atom.text)) return atom;
      if (atom.op !== 'opaque' && keyToSet(search, atom) !== null) return atom;
    }
  }
  return null;
}

function keyToSet<W>(search: Search<W>, atom: Atom): string | null {
  const isDecided = atom.op !== 'each' && isSingle(outcomesOf(atom, search, 0));
  if (isDecided) return null;
  const keys = pathsOf(atom).map(keyOf);
  for (const key of keys) {
    const settable = search.candidates.has(key) ? key : search.below.get(key);
    if (settable !== undefined && !search.held.has(settable)) return settable;
  }
  return null;
}

function isSingle(outcomes: Outcomes): boolean {
  return outcomes === TRUE || outcomes === FALSE || outcomes === ERROR;
}

function visitOpaque<W>(search: Search<W>, text: string): W | null {
  for (const outcome of [TRUE, FALSE, ERROR]) {
    search.opaque.set(text, outcome & ANY);
    const witness = visit(search);
    if (witness !== null || search.isOut) return witness;
  }
  search.opaque.delete(text);
  return null;
}

function visitPath<W>(search: Search<W>, atom: Atom): W | null {
  const key = keyToSet(search, atom);
  const candidates = key === null ? undefined : search.candidates.get(key);
  if (key === null || candidates === undefined) return confirmed(search);
  for (const held of candidates.held) {
    search.held.set(key, held);
    const witness = visit(search);
    if (witness !== null || search.isOut) return witness;
  }
  search.held.delete(key);
  return null;
}
