import { RE2JS } from 're2js';

import { parseDecimal } from '../../decimal.ts';
import { offsetOf } from '../timezone.ts';
import { Fault, isList, isMembers, Money, Span, spend, TOO_COSTLY, typeName } from './values.ts';
import type { Frame, Value } from './values.ts';

/** A function of already evaluated operands (the receiver first). */
export type Call = (frame: Frame, operands: readonly Value[]) => Value;

/** Operands that are literals, known when the call is compiled. */
export type Literals = readonly (string | null)[];

const ANY_TEXT = /^/;

function fail(name: string, value: Value): Fault {
  return new Fault(`no \`${name}\` of ${typeName(value)}`);
}

const size: Call = (frame, [value = null]) => {
  if (typeof value === 'string') {
    if (!spend(frame, value.length >> 6)) return TOO_COSTLY;
    const pairs = value.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0;
    return BigInt(value.length - pairs);
  }
  if (isList(value)) return BigInt(value.length);
  return isMembers(value) ? BigInt(Object.keys(value).length) : fail('size', value);
};

const money: Call = (_frame, [value = null]) => {
  const exact = typeof value === 'bigint' ? parseDecimal(String(value)) : null;
  const amount =
    exact ?? (typeof value === 'number' || typeof value === 'string' ? parseDecimal(value) : null);
  return amount === null ? fail('money', value) : new Money(amount);
};

const int: Call = (_frame, [value = null]) => {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') {
    const isInRange = Math.abs(value) < 2 ** 63;
    return isInRange ? BigInt(Math.trunc(value)) : new Fault('number overflow');
  }
  const isWhole = typeof value === 'string' && /^-?\d{1,18}$/.test(value);
  return isWhole ? BigInt(value) : fail('int', value);
};

const double: Call = (_frame, [value = null]) => {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  const isPlain = typeof value === 'string' && /^-?\d{1,300}(\.\d{1,300})?$/.test(value);
  return isPlain ? Number(value) : fail('double', value);
};

const string: Call = (_frame, [value = null]) =>
  typeof value === 'object' ? fail('string', value) : String(value);

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

const timestamp: Call = (_frame, [value = null]) => {
  if (value instanceof Date) return value;
  const isFine = typeof value === 'string' && TIMESTAMP.test(value);
  const atMs = isFine ? Date.parse(value.replace(/(\.\d{3})\d+/, '$1')) : Number.NaN;
  return Number.isNaN(atMs) ? fail('timestamp', value) : new Date(atMs);
};

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
const SPAN = /^(-?)((?:\d{1,9}(?:\.\d{1,9})?(?:ms|h|m|s))+)$/;

const duration: Call = (_frame, [value = null]) => {
  const match = typeof value === 'string' ? SPAN.exec(value) : null;
  if (match === null) return value instanceof Span ? value : fail('duration', value);
  const [, sign = '', parts = ''] = match;
  let lengthMs = 0;
  for (const [, count = '', unit = ''] of parts.matchAll(/([\d.]+)(ms|h|m|s)/g)) {
    lengthMs += Number(count) * (UNIT_MS[unit] ?? 0);
  }
  return new Span(sign === '-' ? -lengthMs : lengthMs);
};

/** A method of two texts, charged by the length of the first. */
function textual(name: string, test: (text: string, part: string) => boolean): Call {
  return (frame, [text = null, part = null]) => {
    if (typeof text !== 'string' || typeof part !== 'string') return fail(name, text);
    return spend(frame, 1 + (text.length >> 6)) ? test(text, part) : TOO_COSTLY;
  };
}

function cased(name: string, from: RegExp, turn: (letter: string) => string): Call {
  return (frame, [text = null]) => {
    if (typeof text !== 'string') return fail(name, text);
    return spend(frame, 1 + (text.length >> 6)) ? text.replaceAll(from, turn) : TOO_COSTLY;
  };
}

function matches(pattern: string): Call {
  const compiled = RE2JS.compile(pattern);
  return (frame, [text = null]) => {
    if (typeof text !== 'string') return fail('matches', text);
    return spend(frame, 1 + (text.length >> 4)) ? compiled.matcher(text).find() : TOO_COSTLY;
  };
}

const CLOCKS: Readonly<Record<string, (local: Date) => number>> = {
  getFullYear: (local) => local.getUTCFullYear(),
  getMonth: (local) => local.getUTCMonth(),
  getDayOfMonth: (local) => local.getUTCDate() - 1,
  getDate: (local) => local.getUTCDate(),
  getDayOfWeek: (local) => local.getUTCDay(),
  getHours: (local) => local.getUTCHours(),
  getMinutes: (local) => local.getUTCMinutes(),
  getSeconds: (local) => local.getUTCSeconds(),
};

function clock(name: string, timezone: string): Call | null {
  const read = CLOCKS[name];
  if (read === undefined) return null;
  const offset = offsetOf(timezone);
  return (_frame, [moment = null]) => {
    if (!(moment instanceof Date)) return fail(name, moment);
    return BigInt(read(new Date(moment.getTime() + offset(moment.getTime()))));
  };
}

const FIXED: Readonly<Record<string, Call>> = {
  size,
  money,
  int,
  double,
  string,
  timestamp,
  duration,
  startsWith: textual('startsWith', (text, part) => text.startsWith(part)),
  endsWith: textual('endsWith', (text, part) => text.endsWith(part)),
  contains: textual('contains', (text, part) => text.includes(part)),
  lowerAscii: cased('lowerAscii', /[A-Z]+/g, (letters) => letters.toLowerCase()),
  upperAscii: cased('upperAscii', /[a-z]+/g, (letters) => letters.toUpperCase()),
};

/**
 * Returns the function of a name, compiled with the literal operands it needs beforehand (the
 * pattern of `matches`, the zone of `getHours`); null for a name that is not called with values.
 */
export function callNamed(name: string, literals: Literals): Call | null {
  const [, literal = null] = literals;
  if (name === 'matches') return matches(literal ?? ANY_TEXT.source);
  return (Object.hasOwn(FIXED, name) ? FIXED[name] : null) ?? clock(name, literal ?? 'UTC');
}
