import type { Decimal } from '../../decimal.ts';

/** Why an expression has no value. Travels as a value, so that evaluating never throws. */
export class Fault {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

/** An exact amount of money. */
export class Money {
  readonly amount: Decimal;
  constructor(amount: Decimal) {
    this.amount = amount;
  }
}

/** A length of time in milliseconds. */
export class Span {
  readonly lengthMs: number;
  constructor(lengthMs: number) {
    this.lengthMs = lengthMs;
  }
}

/** An object of JSON, or a mapping the kernel lends (`facts`, `counters`, `sources`). */
export type Members = { readonly [name: string]: Value };

/** A value of a condition: CEL ints are bigint, doubles are numbers, timestamps are dates. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Money
  | Span
  | Fault
  | readonly Value[]
  | Members;

/** What one evaluation may still spend, and the variables of its loops. */
export type Frame = {
  readonly root: Members;
  readonly slots: Value[];
  steps: number;
};

/** A compiled node: its value in a frame. */
export type Code = (frame: Frame) => Value;

/** The fault of an evaluation that ran out of steps. */
export const TOO_COSTLY: Fault = new Fault('too costly: more than 100000 steps');

/** Takes steps from the frame. Returns whether they were there. */
export function spend(frame: Frame, steps: number): boolean {
  // A frame belongs to one evaluation, which is its only writer.
  const purse = frame;
  purse.steps -= steps;
  return purse.steps >= 0;
}

/** Returns whether a value is a list. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Returns whether a value is an object with members. */
export function isMembers(value: Value): value is Members {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Money) &&
    !(value instanceof Span) &&
    !(value instanceof Fault)
  );
}

/** Returns the CEL name of a value's type, for messages. */
export function typeName(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (isList(value)) return 'list';
  if (value instanceof Date) return 'timestamp';
  if (value instanceof Span) return 'duration';
  return value instanceof Money ? 'money' : 'map';
}

/** Returns whether two values are equal; numbers by value, other types never across. */
export function equal(left: Value, right: Value, frame: Frame): boolean | Fault {
  if (left === right) return true;
  if (left instanceof Money || right instanceof Money) return equalMoney(left, right);
  if (typeof left === 'number' || typeof left === 'bigint') {
    return isNumber(right) && !(left < right) && !(left > right);
  }
  if (typeof left !== 'object' || left === null) return false;
  if (isList(left)) return isList(right) && equalLists(left, right, frame);
  if (left instanceof Date) return right instanceof Date && left.getTime() === right.getTime();
  if (left instanceof Span) return right instanceof Span && left.lengthMs === right.lengthMs;
  return isMembers(left) && isMembers(right) && equalMembers(left, right, frame);
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function equalMoney(left: Value, right: Value): boolean | Fault {
  if (left instanceof Money && right instanceof Money) return left.amount === right.amount;
  if (isNumber(left) || isNumber(right)) return mixed(left, right);
  return false;
}

function mixed(left: Value, right: Value): Fault {
  return new Fault(`\`${typeName(left)}\` and \`${typeName(right)}\` do not mix`);
}

function equalLists(
  left: readonly Value[],
  right: readonly Value[],
  frame: Frame,
): boolean | Fault {
  if (left.length !== right.length) return false;
  if (!spend(frame, left.length)) return TOO_COSTLY;
  for (const [index, item] of left.entries()) {
    const same = equal(item, right[index] ?? null, frame);
    if (same !== true) return same;
  }
  return true;
}

function equalMembers(left: Members, right: Members, frame: Frame): boolean | Fault {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  if (!spend(frame, names.length)) return TOO_COSTLY;
  for (const name of names) {
    if (!Object.hasOwn(right, name)) return false;
    const same = equal(left[name] ?? null, right[name] ?? null, frame);
    if (same !== true) return same;
  }
  return true;
}

/** Returns a negative, zero or positive number, or why two values have no order. */
export function order(left: Value, right: Value): number | Fault {
  if (isNumber(left) && isNumber(right)) return compare(left, right);
  if (typeof left === 'string' && typeof right === 'string') return compare(left, right);
  if (left instanceof Money && right instanceof Money) return compare(left.amount, right.amount);
  if (left instanceof Date && right instanceof Date) {
    return compare(left.getTime(), right.getTime());
  }
  if (left instanceof Span && right instanceof Span) return compare(left.lengthMs, right.lengthMs);
  if (typeof left === 'boolean' && typeof right === 'boolean') {
    return Number(left) - Number(right);
  }
  return mixed(left, right);
}

function compare<T extends number | bigint | string>(left: T, right: T): number {
  return left < right ? -1 : Number(left > right);
}
