import type { Json } from '@plumbline/core';

/** An exact decimal: `units` divided by ten to the power of `scale`. */
export type Decimal = { readonly units: bigint; readonly scale: number };

/**
 * Returns the exact decimal a number or decimal string spells, or null for anything else: at most
 * 18 digits before and 9 after the point, no exponent.
 *
 * Source: spec/decide.md, section "Allow".
 */
export function decimalOf(value: Json | undefined): Decimal | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const match = /^(-?\d{1,18})(?:\.(\d{1,9}))?$/.exec(String(value));
  return match === null ? null : ofParts(match[1] ?? '0', match[2] ?? '');
}

/** Returns the sum of two decimals. */
export function plus(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  return { units: unitsAt(left, scale) + unitsAt(right, scale), scale };
}

/** Returns the first decimal less the second. */
export function minus(left: Decimal, right: Decimal): Decimal {
  return plus(left, { units: -right.units, scale: right.scale });
}

/** Returns a negative, zero or positive number as the first is below, at or above the second. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  const { units } = minus(left, right);
  return units < 0n ? -1 : units > 0n ? 1 : 0;
}

/** Returns the shortest decimal string of a decimal: `2000`, `0.5`, `-3.25`. */
export function printDecimal(value: Decimal): string {
  const sign = value.units < 0n ? '-' : '';
  const digits = String(value.units < 0n ? -value.units : value.units);
  const padded = digits.padStart(value.scale + 1, '0');
  const whole = padded.slice(0, padded.length - value.scale);
  const fraction = padded.slice(padded.length - value.scale).replace(/0+$/, '');
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

function unitsAt(value: Decimal, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale);
}

function ofParts(whole: string, fraction: string): Decimal {
  return { units: BigInt(whole + fraction), scale: fraction.length };
}
