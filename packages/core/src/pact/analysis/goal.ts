import type { Condition } from '../compiled.ts';
import { ERROR, FALSE, outcomesOf, TRUE } from './outcome.ts';
import type { Knowledge, Outcomes } from './outcome.ts';
import { atomsOf } from './formula.ts';
import type { Atom, Formula } from './formula.ts';

/** One condition and the outcomes wanted of it. `condition` is what a witness is held against. */
export type Wish = {
  readonly op: 'wish';
  readonly formula: Formula;
  readonly wanted: Outcomes;
  readonly condition: Condition | null;
};

/** What an example must meet: wishes joined by all and any. */
export type Goal =
  | { readonly op: 'all'; readonly of: readonly Goal[] }
  | { readonly op: 'any'; readonly of: readonly Goal[] }
  | Wish;

/** A condition as rules hold it. */
export type Clause = { readonly formula: Formula; readonly condition: Condition | null };

/** The conditions of a rule; null where it has none. */
export type Guard = { readonly when: Clause | null; readonly unless: Clause | null };

/** Met by every action. */
export const always: Goal = { op: 'all', of: [] };
/** Met by no action. */
export const never: Goal = { op: 'any', of: [] };

/** Returns the goal all of these goals make. */
export function all(...of: readonly Goal[]): Goal {
  return { op: 'all', of };
}

/** Returns the goal that any of these goals meets. */
export function any(...of: readonly Goal[]): Goal {
  return { op: 'any', of };
}

/** Returns the goal met exactly where this one is not. */
export function not(goal: Goal): Goal {
  switch (goal.op) {
    case 'all':
      return { op: 'any', of: goal.of.map(not) };
    case 'any':
      return { op: 'all', of: goal.of.map(not) };
    case 'wish':
      return { ...goal, wanted: (TRUE | FALSE | ERROR) & ~goal.wanted };
  }
}

/** Returns the goal that a condition has one of some outcomes; an absent one has `ifAbsent`. */
export function wish(clause: Clause | null, wanted: Outcomes, ifAbsent: Outcomes): Goal {
  if (clause === null) return ifAbsent & wanted ? always : never;
  return { op: 'wish', formula: clause.formula, condition: clause.condition, wanted };
}

/** Returns where a rule matches: `when` is true or absent, and `unless` is false or absent. */
export function matches({ when, unless }: Guard): Goal {
  return all(wish(when, TRUE, TRUE), wish(unless, FALSE, FALSE));
}

/**
 * Returns where a rule fails, because a condition has no value. `unless` is looked at only where
 * `when` is true.
 */
export function fails({ when, unless }: Guard): Goal {
  return any(wish(when, ERROR, TRUE), all(wish(when, TRUE, TRUE), wish(unless, ERROR, FALSE)));
}

/** Returns where a restriction restricts: where it matches, and where it fails. */
export function fires(guard: Guard): Goal {
  return any(matches(guard), fails(guard));
}

/** Whether a goal is met, cannot be met, or depends on what is not known yet. */
export type Standing = 'met' | 'missed' | 'open';

/** Returns the standing of a goal under what is known. */
export function standingOf(goal: Goal, known: Knowledge): Standing {
  if (goal.op === 'wish') {
    const outcomes = outcomesOf(goal.formula, known);
    if ((outcomes & goal.wanted) === 0) return 'missed';
    return (outcomes & ~goal.wanted) === 0 ? 'met' : 'open';
  }
  const [decided, otherwise] =
    goal.op === 'all' ? (['missed', 'met'] as const) : (['met', 'missed'] as const);
  let standing: Standing = otherwise;
  for (const part of goal.of) {
    const each = standingOf(part, known);
    if (each === decided) return decided;
    if (each === 'open') standing = 'open';
  }
  return standing;
}

/** Returns whether a restriction is known not to restrict: its goal `fires` is missed. */
export function isMissed(
  { guard, fires: goal }: { readonly guard: Guard; readonly fires: Goal },
  known: Knowledge,
): boolean {
  const isFalse = guard.when !== null && outcomesOf(guard.when.formula, known) === FALSE;
  return isFalse || standingOf(goal, known) === 'missed';
}

/** Returns the wishes of a goal that are still open, in order. */
export function* openWishes(goal: Goal, known: Knowledge): Generator<Wish> {
  if (standingOf(goal, known) !== 'open') return;
  if (goal.op === 'wish') yield goal;
  else for (const part of goal.of) yield* openWishes(part, known);
}

/** Returns the wishes of a goal, in order. */
export function* wishesOf(goal: Goal): Generator<Wish> {
  if (goal.op === 'wish') yield goal;
  else for (const part of goal.of) yield* wishesOf(part);
}

/** Returns the atoms of every wish of a goal. */
export function* atomsOfGoal(goal: Goal): Generator<Atom> {
  for (const each of wishesOf(goal)) yield* atomsOf(each.formula);
}
