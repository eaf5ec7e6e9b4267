import type { z } from 'zod';

// What a check without words of its own says.
const UNSAID = 'Invalid input';

const KINDS: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a JSON object',
  record: 'a JSON object',
};

/** Returns what is wrong with the value of a setting, as a person says it. */
export function plainWords(issue: z.core.$ZodIssue, value: unknown): string {
  return `${needOf(issue)}${notText(issue, value)}; docs/daemon.md says what it takes`;
}

function needOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? 'something else'}`;
    case 'invalid_value':
      return `must be ${anyOf(issue.values)}`;
    case 'invalid_union':
      return `must be ${anyOf(valuesOf(issue))}`;
    case 'too_small':
      return boundOf(issue.origin, 'at least', issue.minimum);
    case 'too_big':
      return boundOf(issue.origin, 'at most', issue.maximum);
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a URL, such as `https://host/`' : issue.message;
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
      return 'is not of the right form';
    case 'custom':
      return issue.message === UNSAID ? 'is not of the right form' : issue.message;
  }
}

function boundOf(origin: string, how: string, bound: number | bigint): string {
  switch (origin) {
    case 'string':
      return bound === 1 ? 'must not be empty' : `must have ${how} ${bound} characters`;
    case 'array':
      return `must list ${how} ${bound}`;
    default:
      return `must be ${how} ${bound}`;
  }
}

function valuesOf({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.util.Primitive[] {
  return errors.flat().flatMap((each) => (each.code === 'invalid_value' ? each.values : []));
}

function anyOf(values: readonly z.core.util.Primitive[]): string {
  const named = values.map((value) => `\`${String(value)}\``).join(' or ');
  return named === '' ? 'something else' : named;
}

const MOST_CHARS = 40;

// What may hold credentials, or a secret where its place belongs, is not repeated.
const QUIET: readonly unknown[] = ['facts', 'upstreams', 'notify'];

function notText({ path }: z.core.$ZodIssue, value: unknown): string {
  if (QUIET.includes(path[0]) || (typeof value === 'object' && value !== null)) return '';
  const text = String(value);
  return value === undefined || text.length > MOST_CHARS ? '' : `, not \`${text}\``;
}
