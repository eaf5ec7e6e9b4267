import type { Json } from './json.ts';

/** An exact decimal, scaled by 10^9. */
export type Decimal = bigint;

const SCALE_DIGITS = 9;
const SCALE = 10n ** 9n;
const SHAPE = /^(-?)(\d{1,18})(?:\.(\d{1,9}))?$/;

/**
 * Returns the exact decimal of a number or decimal string, or null when it has none with at most 18
 * digits before and 9 after the point. A number stands for its shortest decimal spelling.
 */
export function parseDecimal(value: Json | undefined): Decimal | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value) * SCALE;
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const match = SHAPE.exec(String(value));
  if (match === null) return null;
  const [, sign = '', whole = '0', fraction = ''] = match;
  const scaled = BigInt(whole) * SCALE + BigInt(fraction.padEnd(SCALE_DIGITS, '0'));
  return sign === '-' ? -scaled : scaled;
}

/** Returns the shortest decimal string of a scaled decimal; `parseDecimal` reads it back. */
export function formatDecimal(value: Decimal): string {
  const magnitude = value < 0n ? -value : value;
  const fraction = String(magnitude % SCALE)
    .padStart(SCALE_DIGITS, '0')
    .replace(/0+$/, '');
  const text = `${magnitude / SCALE}${fraction === '' ? '' : `.${fraction}`}`;
  return value < 0n ? `-${text}` : text;
}
