import type { FactDocument, FieldType, TierDocument } from '../document.ts';
import {
  choice,
  decimal,
  duration,
  open,
  openEntries,
  optional,
  placed,
  required,
  text,
} from '../reader.ts';
import type { Fields, Findings, Reader } from '../reader.ts';
import type { Entry, SourceNode } from '../source.ts';
import { word } from './approval.ts';
import { argument } from './rules.ts';

const fieldType = choice(['string', 'email', 'int', 'number', 'bool', 'list<string>']);

/** Reads names with their types. */
export const fieldTypes: Reader<ReadonlyMap<string, FieldType>> = (findings, node) => {
  const entries = openEntries(findings, node, 'a mapping of names to types');
  for (const { key, place } of entries) {
    if (/^[A-Za-z_]\w*$/.test(key)) continue;
    const message = `\`${key}\` is no name: use letters, digits and \`_\``;
    findings.error({ code: 'bad-name', place, message });
  }
  return new Map(
    entries.flatMap(({ key, value }) => {
      const type = fieldType(findings, value);
      return type === undefined ? [] : [[key, type] as const];
    }),
  );
};

type Freshness = Pick<FactDocument, 'key' | 'maxAgeMs' | 'pending' | 'withinMs'>;

const DEFAULT_AGE_MS = 300_000;
const DENY = 'deny' as const;
const FRESHNESS_KEYS = ['key', 'max_age', 'pending', 'within'];

function readFreshness(fields: Fields): Freshness {
  const pending = optional(fields, 'pending', { read: choice(['deny', 'defer']), or: DENY });
  const within = { read: duration, or: 0 };
  return {
    key: optional(fields, 'key', { read: argument, or: null }),
    maxAgeMs: optional(fields, 'max_age', { read: duration, or: DEFAULT_AGE_MS }),
    pending,
    withinMs:
      pending === 'defer' ? required(fields, 'within', within) : optional(fields, 'within', within),
  };
}

/** Returns the declared facts and lists by name; a list is a fact with the field `contains`. */
export function readFacts(fields: Fields): readonly FactDocument[] {
  const of = (member: string): readonly Entry[] => {
    const entry = fields.members.get(member);
    const what = `a mapping of ${member}`;
    return entry === undefined ? [] : openEntries(fields.findings, entry.value, what);
  };
  const facts = of('facts').map((entry) => readFact(fields.findings, entry));
  const lists = of('lists').map((entry) => readList(fields.findings, entry));
  const names = new Set(facts.map(({ name }) => name));
  for (const { name, place } of lists) {
    if (!names.has(name)) continue;
    const message = `\`${name}\` is both a fact and a list: rename one`;
    fields.findings.error({ code: 'duplicate-key', place, message });
  }
  return [...facts, ...lists];
}

function readFact(findings: Findings, { key: name, place, value }: Entry): FactDocument {
  const what = `fact \`${name}\``;
  const fields = open(findings, value, { what, keys: [...FRESHNESS_KEYS, 'fields'] });
  const types = optional(fields, 'fields', { read: fieldTypes, or: null });
  checkName(findings, name, place);
  return { name, isBuiltIn: false, place, ...readFreshness(fields), fields: types };
}

function readList(findings: Findings, { key: name, place, value }: Entry): FactDocument {
  const fields = open(findings, value, { what: `list \`${name}\``, keys: FRESHNESS_KEYS });
  required(fields, 'key', { read: argument, or: null });
  const types = new Map([['contains', 'bool']] as const);
  checkName(findings, name, place);
  return { name, isBuiltIn: false, place, ...readFreshness(fields), fields: types };
}

function checkName(findings: Findings, name: string, place: FactDocument['place']): void {
  if (/^[A-Za-z_]\w*$/.test(name)) return;
  const message = `\`${name}\` is no name of a fact: use letters, digits and \`_\``;
  findings.error({ code: 'bad-name', place, message });
}

const BUILT_IN: readonly (readonly [string, readonly (readonly [string, FieldType])[] | null])[] = [
  ['source', [['verified', 'bool']]],
  [
    'output',
    [
      ['classes', 'list<string>'],
      ['unsure', 'bool'],
    ],
  ],
  [
    'command',
    [
      ['effect', 'string'],
      ['reversible', 'string'],
    ],
  ],
  ['footprint', null],
];

/** Returns the facts every pact has, where it does not declare them itself. */
export function builtInFacts(place: FactDocument['place']): readonly FactDocument[] {
  return BUILT_IN.map(([name, fields]) => ({
    name,
    isBuiltIn: true,
    place,
    key: null,
    maxAgeMs: DEFAULT_AGE_MS,
    pending: 'deny',
    withinMs: 0,
    fields: fields === null ? null : new Map(fields),
  }));
}

const tier: Reader<TierDocument> = (findings, node) => {
  const keys = ['claim', 'contains', 'max_age'];
  const fields = open(findings, node, { what: 'a tier', keys });
  return {
    claim: required(fields, 'claim', { read: word, or: '' }),
    contains: required(fields, 'contains', { read: text, or: '' }),
    maxAgeMs: required(fields, 'max_age', { read: duration, or: 0 }),
  };
};

/** What the tiers of a pact ask for. */
export type Tiers = {
  readonly standard: TierDocument | null;
  readonly elevated: TierDocument | null;
  readonly moneyAbove: string | null;
  readonly escalate: string | null;
};

/** Nothing asked beyond what the kernel asks by itself. */
export const NO_TIERS: Tiers = {
  standard: null,
  elevated: null,
  moneyAbove: null,
  escalate: null,
};

/** Reads `tiers`. */
export const tiers: Reader<Tiers> = (findings: Findings, node: SourceNode) => {
  const keys = ['standard', 'elevated', 'money_above', 'escalate'];
  const fields = open(findings, node, { what: '`tiers`', keys });
  return {
    standard: optional(fields, 'standard', { read: tier, or: null }),
    elevated: optional(fields, 'elevated', { read: tier, or: null }),
    moneyAbove: optional(fields, 'money_above', { read: placed(decimal), or: null })?.value ?? null,
    escalate: optional(fields, 'escalate', { read: text, or: null }),
  };
};
