import type { Json } from '@plumbline/core';

/** Returns a value as one word: what an agent wrote must not move the cursor or hide a line. */
export function plainWord(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ');
}
