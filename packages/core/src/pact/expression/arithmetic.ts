import { Fault, Money, Span, isList, spend, TOO_COSTLY, typeName } from './values.ts';
import type { Frame, Value } from './values.ts';

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);
const OVERFLOW = new Fault('number overflow');
const BY_ZERO = new Fault('division by zero');

/** The operators of arithmetic. */
export type Arithmetic = '+' | '-' | '*' | '/' | '%';

/** Returns what an operator makes of two values; ints and doubles do not mix, as in CEL. */
export function calculate(op: Arithmetic, left: Value, right: Value): Value {
  if (typeof left === 'bigint' && typeof right === 'bigint') return wholes(op, left, right);
  if (typeof left === 'number' && typeof right === 'number') return doubles(op, left, right);
  if (left instanceof Money && right instanceof Money) {
    if (op === '+') return new Money(left.amount + right.amount);
    if (op === '-') return new Money(left.amount - right.amount);
  }
  return (
    moments(op, left, right) ??
    new Fault(`no \`${typeName(left)} ${op} ${typeName(right)}\`: convert one of them`)
  );
}

/** Returns two texts or lists joined. */
export function join(left: Value, right: Value, frame: Frame): Value | null {
  if (typeof left === 'string' && typeof right === 'string') {
    return spend(frame, (left.length + right.length) >> 6) ? left + right : TOO_COSTLY;
  }
  if (!isList(left) || !isList(right)) return null;
  return spend(frame, left.length + right.length) ? [...left, ...right] : TOO_COSTLY;
}

/** Returns the value with its sign turned. */
export function negate(value: Value): Value {
  if (typeof value === 'number') return -value;
  if (typeof value === 'bigint') return bounded(-value);
  return new Fault(`no \`-${typeName(value)}\``);
}

function wholes(op: Arithmetic, left: bigint, right: bigint): Value {
  if ((op === '/' || op === '%') && right === 0n) return BY_ZERO;
  switch (op) {
    case '+':
      return bounded(left + right);
    case '-':
      return bounded(left - right);
    case '*':
      return bounded(left * right);
    case '/':
      return bounded(left / right);
    default:
      return left % right;
  }
}

function bounded(value: bigint): Value {
  return value > MAX_INT || value < MIN_INT ? OVERFLOW : value;
}

function doubles(op: Arithmetic, left: number, right: number): Value {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    default:
      return new Fault('no `double % double`: use `int()`');
  }
}

function moments(op: Arithmetic, left: Value, right: Value): Value | null {
  if (op !== '+' && op !== '-') return null;
  const sign = op === '+' ? 1 : -1;
  if (left instanceof Date && right instanceof Span) {
    return dated(left.getTime() + sign * right.lengthMs);
  }
  if (left instanceof Span && right instanceof Date && op === '+') {
    return dated(right.getTime() + left.lengthMs);
  }
  if (left instanceof Span && right instanceof Span) {
    return new Span(left.lengthMs + sign * right.lengthMs);
  }
  if (left instanceof Date && right instanceof Date && op === '-') {
    return new Span(left.getTime() - right.getTime());
  }
  return null;
}

function dated(atMs: number): Value {
  return Number.isFinite(atMs) && Math.abs(atMs) <= 8.64e15 ? new Date(atMs) : OVERFLOW;
}
