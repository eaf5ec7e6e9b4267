import type { Window } from '../compiled.ts';
import type {
  AllowDocument,
  BudgetDocument,
  DeferDocument,
  ExcludeDocument,
  LimitDocument,
  Placed,
  RuleDocument,
  StepUpDocument,
} from '../document.ts';
import {
  choice,
  decimal,
  duration,
  hasKey,
  integer,
  list,
  matching,
  oneOrMany,
  open,
  optional,
  path,
  placed,
  required,
  text,
} from '../reader.ts';
import type { Fields, Findings, Reader } from '../reader.ts';
import { argumentPath, isToolPattern } from '../scalars.ts';
import type { SourceNode } from '../source.ts';
import { APPROVAL_KEYS, readApproval, word } from './approval.ts';
import { expression } from './expression.ts';

/** Reads a tool's name, or a glob over tools. */
const toolPattern: Reader<string> = matching(isToolPattern, {
  code: 'bad-name',
  wanted: 'a tool such as `orders.get` or `orders.*`',
});

/** Reads tool names or globs, with places. */
export const toolPatterns: Reader<readonly Placed<string>[]> = oneOrMany(placed(toolPattern));

const RULE_KEYS = ['id', 'tool', 'output', 'when', 'unless', 'mode'] as const;
const MODE = { read: choice(['enforce', 'observe']), or: 'enforce' } as const;

/** Returns an opened rule and the part every rule has. */
export function readRule(
  findings: Findings,
  node: SourceNode,
  { list: what, keys }: { readonly list: string; readonly keys: readonly string[] },
): { readonly fields: Fields; readonly rule: RuleDocument } {
  const fields = open(findings, node, {
    what: `a rule of \`${what}\``,
    keys: [...RULE_KEYS, ...keys],
  });
  const output = optional(fields, 'output', { read: placed(word), or: null });
  const tools = optional(fields, 'tool', { read: toolPatterns, or: [] });
  if (node.kind === 'map' && hasKey(node, 'tool') === hasKey(node, 'output')) {
    const message = 'a rule concerns either a `tool` or an `output`: name one of them';
    findings.error({ code: 'missing-field', place: node.place, message });
  }
  const id = required(fields, 'id', { read: word, or: '' });
  const place = fields.members.get('id')?.value.place ?? fields.place;
  const mode = optional(fields, 'mode', MODE);
  const conditions = {
    when: optional(fields, 'when', { read: expression, or: null }),
    unless: optional(fields, 'unless', { read: expression, or: null }),
  };
  return { fields, rule: { id, place, mode, tools, output, ...conditions } };
}

const window: Reader<Window> = (findings, node) => {
  const kind = node.kind === 'scalar' ? node.value : null;
  if (kind === 'call' || kind === 'session' || kind === 'day' || kind === 'agent') {
    return { kind };
  }
  const lengthMs = duration(findings, node);
  return lengthMs === undefined ? undefined : { kind: 'window', lengthMs };
};

const limit: Reader<LimitDocument> = (findings, node) => {
  const fields = open(findings, node, { what: 'a limit', keys: ['calls', 'per'] });
  const calls = required(fields, 'calls', { read: integer(0, 1_000_000_000), or: 0 });
  return { calls, per: required(fields, 'per', PER) };
};

const PER = { read: window, or: { kind: 'session' } } as const;

const budget: Reader<BudgetDocument> = (findings, node) => {
  const fields = open(findings, node, { what: 'a budget', keys: ['sum', 'max', 'per'] });
  return {
    sum: required(fields, 'sum', { read: argument, or: { value: '', place: node.place } }),
    max: required(fields, 'max', { read: decimal, or: '0' }),
    per: required(fields, 'per', PER),
  };
};

/** Reads the path of an argument; a leading `args.` is dropped. */
export const argument: Reader<Placed<string>> = (findings, node) => {
  const value = path(findings, node);
  if (value === undefined) return undefined;
  return { value: argumentPath(value), place: node.place };
};

/** Reads a rule of `allow`. */
export const allow: Reader<AllowDocument> = (findings, node) => {
  const keys = ['limit', 'budget'];
  const { fields, rule } = readRule(findings, node, { list: 'allow', keys });
  const limits = optional(fields, 'limit', { read: oneOrMany(limit), or: [] });
  return {
    ...rule,
    limits,
    budgets: optional(fields, 'budget', { read: oneOrMany(budget), or: [] }),
  };
};

/** Reads a rule of `exclude`. */
export const exclude: Reader<ExcludeDocument> = (findings, node) => {
  const { fields, rule } = readRule(findings, node, { list: 'exclude', keys: ['say'] });
  return { ...rule, say: optional(fields, 'say', { read: text, or: null }) };
};

/** Reads a rule of `step_up`. */
export const stepUp: Reader<StepUpDocument> = (findings, node) => {
  const keys = [...APPROVAL_KEYS, 'say'];
  const { fields, rule } = readRule(findings, node, { list: 'step_up', keys });
  const say = optional(fields, 'say', { read: text, or: null });
  return { ...rule, ...readApproval(fields), say };
};

/** Reads a rule of `defer`. */
export const defer: Reader<DeferDocument> = (findings, node) => {
  const keys = ['until', 'within', 'say'];
  const { fields, rule } = readRule(findings, node, { list: 'defer', keys });
  const until = required(fields, 'until', { read: oneOrMany(placed(word)), or: [] });
  const withinMs = required(fields, 'within', { read: duration, or: 0 });
  return { ...rule, until, withinMs, say: optional(fields, 'say', { read: text, or: null }) };
};

/** Reads a list of rules; an empty list is fine. */
export function rules<T>(read: Reader<T>): Reader<readonly T[]> {
  return (findings, node) =>
    node.kind === 'list' && node.items.length === 0 ? [] : list(read)(findings, node);
}
