import { VERDICTS, type VerdictKind } from '@plumbline/core';

/** Reads one text of what an entry says; null where there is none. */
export function textAt(value: unknown, name: string): string | null {
  const member = memberAt(value, name);
  return typeof member === 'string' ? member : null;
}

/** Reads one number of what an entry says; null where there is none. */
export function numberAt(value: unknown, name: string): number | null {
  const member = memberAt(value, name);
  return typeof member === 'number' ? member : null;
}

/** Reads one list of what an entry says; empty where there is none. */
export function listAt(value: unknown, name: string): readonly unknown[] {
  const member = memberAt(value, name);
  return Array.isArray(member) ? member : [];
}

/** Reads the texts of a list of what an entry says, each once. */
export function textsAt(value: unknown, name: string): readonly string[] {
  return [...new Set(listAt(value, name).filter((each) => typeof each === 'string'))];
}

/** Reads whatever an entry says under a name; undefined where there is nothing. */
export function memberAt(value: unknown, name: string): unknown {
  return Reflect.get(Object(value), name);
}

/** Returns whether something names a verdict. */
export function isVerdict(value: unknown): value is VerdictKind {
  return VERDICTS.some((kind) => kind === value);
}
