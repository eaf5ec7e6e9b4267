import { type CompiledPact, placesOf } from '@plumbline/core';

import { contentsBefore, type ReadRow } from './session-record.ts';

/** A place in the session where a value stands, and how far what stands there is trusted. */
export type FoundPlace = {
  readonly index: number;
  readonly trust: 'principal' | 'session' | 'trusted' | 'untrusted';
  /** The names of its sources there: a tool, a field of it. */
  readonly sources: readonly string[];
  /** Text around the value, where it stands there letter by letter. */
  readonly snippet: Snippet | null;
};

/** A value with what stands around it. */
export type Snippet = { readonly before: string; readonly value: string; readonly after: string };

const AROUND = 60;

/** Finds where a value stood before a decision was made: where it can have come from. */
export function findPlaces(
  pact: CompiledPact,
  read: readonly ReadRow[],
  { index, value }: { readonly index: number; readonly value: string | number },
): readonly FoundPlace[] {
  const seen = contentsBefore(pact, read, index);
  const contents = seen.map(({ content }) => content);
  return placesOf(contents, value).flatMap(({ place, sources }) => {
    const found = seen[place];
    if (found === undefined) return [];
    const snippet = snippetOf(found.text, String(value));
    return [{ index: found.row.index, trust: trustOf(sources), sources, snippet }];
  });
}

/** What is trusted in one place and not in another of the same result is told as not trusted. */
function trustOf(sources: readonly string[]): FoundPlace['trust'] {
  if (sources.includes('principal')) return 'principal';
  if (sources.includes('session')) return 'session';
  return sources.includes('untrusted') ? 'untrusted' : 'trusted';
}

/** Returns a value with what stands around it in a text; null where it is written otherwise. */
export function snippetOf(text: string, value: string): Snippet | null {
  const at = text.toLowerCase().indexOf(value.toLowerCase());
  if (at === -1 || value === '') return null;
  const end = at + value.length;
  const from = Math.max(0, at - AROUND);
  const to = Math.min(text.length, end + AROUND);
  return {
    before: `${from > 0 ? '…' : ''}${text.slice(from, at)}`,
    value: text.slice(at, end),
    after: `${text.slice(end, to)}${to < text.length ? '…' : ''}`,
  };
}
