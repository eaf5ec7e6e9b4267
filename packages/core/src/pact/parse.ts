import { isJsonObject } from '../json.ts';
import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { sortDiagnostics } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { FactDocument, PactDocument } from './document.ts';
import { approver, approvers, word } from './read/approval.ts';
import { cases } from './read/cases.ts';
import { builtInFacts, fieldTypes, NO_TIERS, readFacts, tiers } from './read/facts.ts';
import { checkpoint, duplicate, flow } from './read/flows.ts';
import { metrics, NO_METRICS } from './read/metrics.ts';
import { modify } from './read/modify.ts';
import { allow, defer, exclude, rules, stepUp } from './read/rules.ts';
import * as settings from './read/settings.ts';
import { staging } from './read/staging.ts';
import { tasks } from './read/tasks.ts';
import { tools } from './read/tools.ts';
import {
  choice,
  duration,
  Findings,
  list,
  matching,
  oneOrMany,
  open,
  optional,
  placed,
  required,
  text,
} from './reader.ts';
import type { Fields, Reader } from './reader.ts';
import { isTimezone } from './timezone.ts';
import { parseSource, toJson } from './source.ts';
import type { SourceNode } from './source.ts';

const KEYS: readonly string[] = (
  'pact agent purpose owner goal autonomy timezone extends schemas session tools facts lists ' +
  'tiers allow exclude step_up defer modify flows rule_of_two tasks gates bulk duplicates ' +
  'persistence dormant checkpoints approvers approve_within unlisted halt_on canaries staging ' +
  'when_away watch metrics drill persona cases'
).split(' ');

const APPROVE_WITHIN_MS = 900_000;

/**
 * Returns a pact file parsed and typed, with its defaults filled in, or everything wrong with its
 * shape. Names across the file (tools, facts, fields) are checked by `loadPact`, not here.
 * Source: spec/pact/language.md.
 */
export function parsePact(
  content: string,
  file: string,
): Result<PactDocument, readonly Diagnostic[]> {
  const source = parseSource(content, file);
  if (!source.ok) return err([source.error]);
  const findings = new Findings();
  const document = readPact(findings, source.value);
  return findings.hasErrors ? err(sortDiagnostics(findings.all)) : ok(document);
}

function readPact(findings: Findings, node: SourceNode): PactDocument {
  const source = toJson(node);
  const fields = open(findings, node, { what: 'a pact', keys: KEYS });
  required(fields, 'pact', { read: choice(['plumbline/v1']), or: null });
  for (const [name, read] of Object.entries(settings.KEPT))
    optional(fields, name, { read, or: null });
  return {
    file: node.place.file,
    place: node.place,
    source: isJsonObject(source) ? source : {},
    ...readIdentity(fields),
    ...readDeclarations(fields),
    ...readRules(fields),
    ...readSettings(fields),
    planted: plantedIn(fields.members.get('canaries')?.value),
    watched: watchedIn(fields.members.get('watch')?.value),
  };
}

/** Their shape is checked elsewhere; these are the names. */
function plantedIn(node: SourceNode | undefined): PactDocument['planted'] {
  if (node?.kind !== 'map') return [];
  const plant = node.entries.find(({ key }) => key === 'plant')?.value;
  if (plant?.kind !== 'list') return [];
  return plant.items.flatMap((item) =>
    item.kind === 'scalar' ? [{ value: String(item.value), place: item.place }] : [],
  );
}

function watchedIn(node: SourceNode | undefined): PactDocument['watched'] {
  const entries = node?.kind === 'map' ? node.entries : [];
  return entries.map(({ key, place }) => ({ value: key, place }));
}

type Identity = Pick<
  PactDocument,
  | 'agent'
  | 'purpose'
  | 'owner'
  | 'goal'
  | 'autonomy'
  | 'timezone'
  | 'extends'
  | 'schemas'
  | 'approvers'
  | 'approvalWithinMs'
>;

function readIdentity(fields: Fields): Identity {
  const { place } = fields;
  const owner = required(fields, 'owner', { read: approver, or: '' });
  const zone = {
    code: 'bad-timezone',
    wanted: 'an IANA time zone such as `Europe/Berlin`',
  } as const;
  return {
    agent: required(fields, 'agent', { read: placed(word), or: { value: '', place } }),
    purpose: required(fields, 'purpose', { read: text, or: '' }),
    owner,
    goal: optional(fields, 'goal', { read: text, or: null }),
    autonomy: required(fields, 'autonomy', { read: placed(level), or: { value: 1, place } }),
    timezone: optional(fields, 'timezone', { read: matching(isTimezone, zone), or: 'UTC' }),
    extends: optional(fields, 'extends', { read: placed(text), or: null }),
    schemas: optional(fields, 'schemas', { read: oneOrMany(placed(text)), or: [] }),
    approvers: optional(fields, 'approvers', { read: approvers, or: [owner] }),
    approvalWithinMs: optional(fields, 'approve_within', { read: duration, or: APPROVE_WITHIN_MS }),
  };
}

const level: Reader<1 | 2 | 3> = (findings, node) => {
  const found = ([1, 2, 3] as const).find((each) => node.kind === 'scalar' && node.value === each);
  if (found !== undefined) return found;
  const message = 'expected 1 (read only), 2 (limited writes) or 3 (high impact)';
  return findings.error({ code: 'bad-value', place: node.place, message });
};

type Declarations = Pick<PactDocument, 'session' | 'tools' | 'facts' | 'tiers' | 'metrics'>;

function readDeclarations(fields: Fields): Declarations {
  const facts = [...builtInFacts(fields.place), ...readFacts(fields)];
  return {
    session: optional(fields, 'session', { read: fieldTypes, or: new Map() }),
    tools: optional(fields, 'tools', { read: tools, or: new Map() }),
    facts: new Map(facts.map((fact): [string, FactDocument] => [fact.name, withBuiltIn(fact)])),
    tiers: optional(fields, 'tiers', { read: tiers, or: NO_TIERS }),
    metrics: optional(fields, 'metrics', { read: metrics, or: NO_METRICS }),
  };
}

/** Declaring a built-in fact anew changes how old it may be, not what it holds. */
function withBuiltIn(fact: FactDocument): FactDocument {
  const builtIn = builtInFacts(fact.place).find(({ name }) => name === fact.name);
  return { ...fact, fields: builtIn?.fields ?? fact.fields };
}

type Rules = Pick<
  PactDocument,
  | 'allow'
  | 'exclude'
  | 'stepUp'
  | 'defer'
  | 'modify'
  | 'flows'
  | 'duplicates'
  | 'checkpoints'
  | 'tasks'
  | 'cases'
  | 'caseFile'
>;

function readRules(fields: Fields): Rules {
  const written = fields.members.get('cases')?.value;
  const isFile = written?.kind === 'scalar';
  return {
    allow: optional(fields, 'allow', { read: rules(allow), or: [] }),
    exclude: optional(fields, 'exclude', { read: rules(exclude), or: [] }),
    stepUp: optional(fields, 'step_up', { read: rules(stepUp), or: [] }),
    defer: optional(fields, 'defer', { read: rules(defer), or: [] }),
    modify: optional(fields, 'modify', { read: rules(modify), or: [] }),
    flows: optional(fields, 'flows', { read: rules(flow), or: [] }),
    duplicates: optional(fields, 'duplicates', { read: rules(duplicate), or: [] }),
    checkpoints: optional(fields, 'checkpoints', { read: rules(checkpoint), or: [] }),
    tasks: optional(fields, 'tasks', { read: tasks, or: null }),
    caseFile: isFile ? optional(fields, 'cases', { read: placed(text), or: null }) : null,
    cases: isFile ? [] : optional(fields, 'cases', { read: cases, or: [] }),
  };
}

type Settings = Pick<
  PactDocument,
  | 'ruleOfTwo'
  | 'gates'
  | 'bulk'
  | 'persistence'
  | 'dormantAfterMs'
  | 'staging'
  | 'unlisted'
  | 'haltOn'
  | 'whenAway'
  | 'drill'
>;

function readSettings(fields: Fields): Settings {
  const { gates, bulk, persistence, dormant } = settings;
  const off = { value: 'off', place: fields.place } as const;
  return {
    ruleOfTwo: optional(fields, 'rule_of_two', {
      read: placed(choice(['off', 'step_up', 'deny'])),
      or: off,
    }),
    gates: optional(fields, 'gates', { read: gates, or: settings.GATES }),
    bulk: optional(fields, 'bulk', { read: bulk, or: null }),
    persistence: optional(fields, 'persistence', { read: persistence, or: settings.PERSISTENCE }),
    dormantAfterMs: optional(fields, 'dormant', { read: dormant, or: null }),
    staging: optional(fields, 'staging', { read: staging, or: null }),
    unlisted: optional(fields, 'unlisted', {
      read: choice(['hard_block', 'block_and_replan']),
      or: 'hard_block',
    }),
    haltOn: optional(fields, 'halt_on', { read: list(settings.haltingFinding), or: [] }),
    whenAway: optional(fields, 'when_away', { read: choice(['refuse', 'reads']), or: 'refuse' }),
    drill: optional(fields, 'drill', { read: settings.drill, or: null }),
  };
}
