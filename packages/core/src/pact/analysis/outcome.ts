import { parseDecimal } from '../../decimal.ts';
import { isJsonObject, type Json } from '../../json.ts';
import { keyOf } from './formula.ts';
import type { Affix, Atom, Formula, Held, Relation, Segments, Term } from './formula.ts';

/** A set of outcomes of a condition: a sum of `TRUE`, `FALSE` and `ERROR`. */
export type Outcomes = number;

/** The condition is true. */
export const TRUE: Outcomes = 1;
/** The condition is false. */
export const FALSE: Outcomes = 2;
/** The condition has no value. */
export const ERROR: Outcomes = 4;
/** Nothing is known. */
export const ANY: Outcomes = 7;

/** What is known of an action: the values at some paths, the outcomes of some opaque atoms. */
export type Knowledge = {
  readonly held: ReadonlyMap<string, Held>;
  readonly opaque: ReadonlyMap<string, Outcomes>;
  /** For `has(a.b)`: the key of some known path below it, such as `a.b.c`. */
  readonly below: ReadonlyMap<string, string>;
};

type Look = Held | 'unknown';
type Reader = (term: Term) => Look;

/**
 * Returns the outcomes a condition can still have.
 *
 * A set with one member is what CEL evaluates to: errors are absorbed by `&&`, `||`, `all` and
 * `exists` when the other side decides.
 */
export function outcomesOf(formula: Formula, known: Knowledge, item?: Json): Outcomes {
  switch (formula.op) {
    case 'constant':
      return formula.value ? TRUE : FALSE;
    case 'not':
      return negated(outcomesOf(formula.of, known, item));
    case 'and':
      return conjoined(
        outcomesOf(formula.left, known, item),
        outcomesOf(formula.right, known, item),
      );
    case 'or': {
      const left = negated(outcomesOf(formula.left, known, item));
      return negated(conjoined(left, negated(outcomesOf(formula.right, known, item))));
    }
    case 'if':
      return branched(formula, known, item);
    default:
      return atomOutcomes(formula, known, item);
  }
}

function negated(of: Outcomes): Outcomes {
  return (of & ERROR) | (of & TRUE ? FALSE : 0) | (of & FALSE ? TRUE : 0);
}

function conjoined(left: Outcomes, right: Outcomes): Outcomes {
  const isTrue = left & right & TRUE;
  const isFalse = (left | right) & FALSE;
  const isError = (left & ERROR && right & (TRUE | ERROR)) || (right & ERROR && left & TRUE);
  return isTrue | isFalse | (isError ? ERROR : 0);
}

function branched(
  formula: Formula & { op: 'if' },
  known: Knowledge,
  item: Json | undefined,
): Outcomes {
  const condition = outcomesOf(formula.condition, known, item);
  const yes = condition & TRUE ? outcomesOf(formula.yes, known, item) : 0;
  const no = condition & FALSE ? outcomesOf(formula.no, known, item) : 0;
  return yes | no | (condition & ERROR);
}

function atomOutcomes(atom: Atom, known: Knowledge, item: Json | undefined): Outcomes {
  const read: Reader = (term) => lookUp(term, known, item);
  switch (atom.op) {
    case 'opaque':
      return known.opaque.get(atom.text) ?? ANY;
    case 'has':
      return presenceOf(atom.path, known);
    case 'compare':
      return pairOutcome(read(atom.left), read(atom.right), (left, right) =>
        related(atom.relation, left, right),
      );
    case 'in':
      return valueOutcome(read(atom.term), (value) =>
        boolean(atom.list.some((each) => isEqual(each, value))),
      );
    case 'member':
      return pairOutcome(read(atom.term), heldAt(atom.list, known), memberOutcome);
    case 'affix':
      return valueOutcome(read(atom.term), (value) => affixOutcome(atom, value));
    case 'holds':
      return valueOutcome(read(atom.term), (value) =>
        typeof value === 'boolean' ? boolean(value) : ERROR,
      );
    case 'each':
      return valueOutcome(heldAt(atom.list, known), (list) => eachOutcome(atom, list, known));
  }
}

function boolean(value: boolean): Outcomes {
  return value ? TRUE : FALSE;
}

function heldAt(path: Segments, known: Knowledge): Look {
  return known.held.get(keyOf(path)) ?? 'unknown';
}

function lookUp(term: Term, known: Knowledge, item: Json | undefined): Look {
  switch (term.kind) {
    case 'literal':
    case 'amount':
      return { kind: 'value', value: term.value };
    case 'item':
      return item === undefined ? 'unknown' : { kind: 'value', value: item };
    case 'path':
      return heldAt(term.path, known);
    case 'size':
      return mapped(heldAt(term.path, known), sizeOf);
    case 'money':
      return mapped(heldAt(term.path, known), moneyOf);
  }
}

function mapped(look: Look, measure: (value: Json) => number | null): Look {
  if (look === 'unknown' || look.kind !== 'value') return look;
  const value = measure(look.value);
  return value === null ? { kind: 'broken' } : { kind: 'value', value };
}

function sizeOf(value: Json): number | null {
  if (typeof value === 'string') return Array.from(value).length;
  if (Array.isArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : null;
}

/** Amounts of more than 15 digits never come up, and doubles tell shorter ones apart. */
function moneyOf(value: Json): number | null {
  return parseDecimal(value) === null ? null : Number(value);
}

function presenceOf(path: Segments, known: Knowledge): Outcomes {
  const key = keyOf(path);
  const held = known.held.get(key);
  if (held !== undefined) {
    return held.kind === 'broken' ? ERROR : boolean(held.kind === 'value');
  }
  const child = known.held.get(known.below.get(key) ?? '');
  return child === undefined ? ANY : boolean(child.kind !== 'broken');
}

function valueOutcome(look: Look, outcome: (value: Json) => Outcomes): Outcomes {
  if (look === 'unknown') return ANY;
  return look.kind === 'value' ? outcome(look.value) : ERROR;
}

function pairOutcome(
  left: Look,
  right: Look,
  outcome: (left: Json, right: Json) => Outcomes,
): Outcomes {
  if (left === 'unknown' || right === 'unknown') return ANY;
  if (left.kind !== 'value' || right.kind !== 'value') return ERROR;
  return outcome(left.value, right.value);
}

function related(relation: Relation, left: Json, right: Json): Outcomes {
  if (relation === '==') return boolean(isEqual(left, right));
  if (relation === '!=') return boolean(!isEqual(left, right));
  if (typeof left !== typeof right) return ERROR;
  if (typeof left === 'object' || left === null || right === null) return ERROR;
  if (relation === '<') return boolean(left < right);
  if (relation === '<=') return boolean(left <= right);
  return boolean(relation === '>' ? left > right : left >= right);
}

function isEqual(left: Json, right: Json): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return (
      left.length === right.length && left.every((each, at) => isEqual(each, right[at] ?? null))
    );
  }
  if (isJsonObject(left) && isJsonObject(right)) {
    const [mine, theirs] = [Object.keys(left), Object.keys(right)];
    if (mine.length !== theirs.length) return false;
    return mine.every((key) => key in right && isEqual(left[key] ?? null, right[key] ?? null));
  }
  return left === right;
}

function memberOutcome(value: Json, list: Json): Outcomes {
  if (Array.isArray(list)) return boolean(list.some((each: Json) => isEqual(each, value)));
  if (isJsonObject(list)) return boolean(typeof value === 'string' && Object.hasOwn(list, value));
  return ERROR;
}

const affixed: { readonly [affix in Affix]: (value: string, part: string) => boolean } = {
  startsWith: (value, part) => value.startsWith(part),
  endsWith: (value, part) => value.endsWith(part),
  contains: (value, part) => value.includes(part),
};

function affixOutcome(atom: Atom & { op: 'affix' }, value: Json): Outcomes {
  return typeof value === 'string' ? boolean(affixed[atom.affix](value, atom.part)) : ERROR;
}

function eachOutcome(atom: Atom & { op: 'each' }, list: Json, known: Knowledge): Outcomes {
  const items = itemsOf(list);
  if (items === null) return ERROR;
  const isAll = atom.quantifier === 'all';
  let all = TRUE;
  for (const item of items) {
    const outcome = outcomesOf(atom.body, known, item);
    all = conjoined(all, isAll ? outcome : negated(outcome));
  }
  return isAll ? all : negated(all);
}

function itemsOf(list: Json): readonly Json[] | null {
  if (Array.isArray(list)) return list;
  return isJsonObject(list) ? Object.keys(list) : null;
}
