import { leafPaths } from '../decide/paths.ts';
import type { VerdictKind } from '../decide/verdict.ts';
import type { JsonObject } from '../json.ts';
import { valuesAt } from '../provenance/identifiers.ts';

/** An earlier action of the same tool. Its arguments are null where nobody can open them. */
export type EarlierAction = { readonly verdict: VerdictKind; readonly args: JsonObject | null };

/**
 * One way in which an action is not like those before it: an argument none of them had, one that
 * all of them had, a value none of them had there, or a number beyond all of theirs.
 */
export type Difference = {
  readonly path: string;
  readonly what: 'new-argument' | 'left-out' | 'new-value' | 'above' | 'below';
  /** What the earlier ones came to, where it is a number: at least and at most. */
  readonly low: number | null;
  readonly high: number | null;
};

/** What is usual for a tool of one agent, and where an action differs from it. */
export type Usual = {
  /** How many earlier actions were looked at, and how many of them could be opened. */
  readonly looked: number;
  readonly compared: number;
  readonly verdicts: Readonly<Partial<Record<VerdictKind, number>>>;
  readonly differences: readonly Difference[];
};

const MOST_DIFFERENCES = 50;

/**
 * Returns how an action differs from earlier ones of the same tool; it names no value of theirs
 * but the bounds of numbers.
 *
 * earlier: at most some dozens, in any order.
 * Source: spec/approvals.md, section "What an approver is shown".
 */
export function usualOf(args: JsonObject, earlier: readonly EarlierAction[]): Usual {
  const known = earlier.flatMap((one) => (one.args === null ? [] : [one.args]));
  const verdicts: Partial<Record<VerdictKind, number>> = {};
  for (const { verdict } of earlier) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  const own = leafPaths(args);
  const differences = known.length === 0 ? [] : differencesOf(args, own, known);
  return {
    looked: earlier.length,
    compared: known.length,
    verdicts,
    differences: differences.slice(0, MOST_DIFFERENCES),
  };
}

function differencesOf(
  args: JsonObject,
  own: readonly string[],
  known: readonly JsonObject[],
): readonly Difference[] {
  const present = own.flatMap((path) => differenceAt(path, valuesAt(args, path), known) ?? []);
  const [first, ...others] = known.map((each) => new Set(leafPaths(each)));
  const always = [...(first ?? [])].filter((path) => others.every((paths) => paths.has(path)));
  const left = always.filter((path) => !own.includes(path));
  return [...present, ...left.map((path) => differing(path, 'left-out'))];
}

function differenceAt(
  path: string,
  values: readonly (string | number)[],
  known: readonly JsonObject[],
): Difference | null {
  const before = known.flatMap((args) => valuesAt(args, path));
  if (before.length === 0) return differing(path, 'new-argument');
  const numbers: readonly (number | null)[] = before.map(numberOf);
  const own: readonly (number | null)[] = values.map(numberOf);
  if (isEvery(numbers) && isEvery(own)) {
    const low = Math.min(...numbers);
    const high = Math.max(...numbers);
    if (own.some((value) => value > high)) return { path, what: 'above', low, high };
    return own.some((value) => value < low) ? { path, what: 'below', low, high } : null;
  }
  const seen = new Set(before.map(String));
  return values.some((value) => !seen.has(String(value))) ? differing(path, 'new-value') : null;
}

function differing(path: string, what: Difference['what']): Difference {
  return { path, what, low: null, high: null };
}

// Amounts of money are written as text, and so are long numbers that name something.
const DECIMAL = /^-?[0-9]{1,12}(\.[0-9]{1,6})?$/;

function numberOf(value: string | number): number | null {
  if (typeof value === 'number') return value;
  return DECIMAL.test(value) && value.includes('.') ? Number(value) : null;
}

function isEvery(numbers: readonly (number | null)[]): numbers is readonly number[] {
  return numbers.every((number) => number !== null);
}
