import type { z } from 'zod';

import type { Problem } from './problem.ts';

/** A value of the right shape, or why not. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** Returns a value held to its shape. The message names the first place that is wrong. */
export function parseShape<T>(shape: z.ZodType<T>, value: unknown): Parsed<T> {
  const result = shape.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  return issue === undefined ? fault('', 'is not of the right shape') : faultOf(issue);
}

/** Returns a fault at a place; the empty place is the whole. */
export function fault(at: string, what: string): { readonly ok: false; readonly problem: Problem } {
  const detail = at === '' ? `the body ${what}` : `\`${shortened(at)}\` ${what}`;
  return { ok: false, problem: { code: 'bad-request', detail, at: shortened(at) } };
}

function faultOf(issue: z.core.$ZodIssue): ReturnType<typeof fault> {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return fault(path.join('.'), wordsOf(issue.message));
  return fault([...path, issue.keys[0] ?? ''].join('.'), 'is not known here');
}

function wordsOf(message: string): string {
  const [, expected, received] = /expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (received === 'undefined') return 'is missing';
  if (expected !== undefined) return `must be ${expected}, not ${received ?? 'that'}`;
  const [, pattern] = /must match pattern (.+)$/.exec(message) ?? [];
  if (pattern !== undefined) return `is not of the form ${pattern}`;
  return `is refused: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

// A hostile member name may be as long as the body.
function shortened(at: string): string {
  return at.length <= 100 ? at : `${at.slice(0, 99)}…`;
}
