import { VERDICTS, type VerdictKind } from '@plumbline/core';

/** Reads one text of what an entry says; null where there is none. */
export function textAt(value: unknown, name: string): string | null {
  const member: unknown = Reflect.get(Object(value), name);
  return typeof member === 'string' ? member : null;
}

/** Reads one list of what an entry says; empty where there is none. */
export function listAt(value: unknown, name: string): readonly unknown[] {
  const member: unknown = Reflect.get(Object(value), name);
  return Array.isArray(member) ? member : [];
}

/** Returns whether something names a verdict. */
export function isVerdict(value: unknown): value is VerdictKind {
  return VERDICTS.some((kind) => kind === value);
}
