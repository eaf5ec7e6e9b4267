import { isUtf8 } from 'node:buffer';
import { isJsonObject, type Json } from '@plumbline/core';

import type { EgressAnswer } from '../egress/egress.ts';
import { type Scrub, scrubJson } from './scrub.ts';

/** What an upstream answered, as it may be recorded and released. */
export type ReadAnswer = {
  readonly result: Json;
  readonly records: number | null;
};

// What the kernel takes of a result.
const MAX_DEPTH = 64;

/**
 * Returns the body of an answer without secrets: JSON as its value, other text as text, and
 * nothing of what is no text. JSON that readers could take for different things is text.
 */
export function readAnswer(
  { contentType, body }: EgressAnswer,
  { scrub, records }: { readonly scrub: Scrub; readonly records: string | null },
): ReadAnswer {
  if (body.length === 0 || !isUtf8(body)) return { result: null, records: null };
  const text = Buffer.from(body).toString('utf8');
  const isJson = /^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType);
  const value = isJson ? plainJson(text) : undefined;
  if (value === undefined) return { result: scrub(text), records: null };
  return { result: scrubJson(value, scrub), records: countOf(value, records) };
}

function plainJson(text: string): Json | undefined {
  try {
    // Whatever JSON holds is Json.
    const value = JSON.parse(text) as Json;
    return isPlain(value, MAX_DEPTH) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

// Source: RFC 7493 (I-JSON).
function isPlain(value: Json, depth: number): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') {
    return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  }
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((element: Json) => isPlain(element, depth - 1));
  return Object.entries(value).every(
    ([name, member]) => name.isWellFormed() && isPlain(member, depth - 1),
  );
}

function countOf(value: Json, path: string | null): number | null {
  if (path === null) return null;
  let at: Json | undefined = value;
  for (const step of path.split('.')) {
    at = isJsonObject(at ?? null) && Object.hasOwn(Object(at), step) ? Object(at)[step] : undefined;
  }
  if (Array.isArray(at)) return at.length;
  return typeof at === 'number' && Number.isSafeInteger(at) && at >= 0 ? at : null;
}
