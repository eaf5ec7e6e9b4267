import { isJsonObject } from '../../json.ts';
import type { Effect, Tool, Trust } from '../compiled.ts';
import type { Placed, ToolDocument, UndoDocument } from '../document.ts';
import {
  choice,
  flag,
  json,
  list,
  matching,
  open,
  openEntries,
  optional,
  path,
  required,
  text,
} from '../reader.ts';
import type { Fields, Reader } from '../reader.ts';
import { argumentPath, isName, isPath, isToolName } from '../scalars.ts';
import type { Entry } from '../source.ts';
import { word } from './approval.ts';
import { argument } from './rules.ts';
import { undoing } from './undo.ts';

const KEYS: readonly string[] = (
  'effect category trust open_world reversible undo money tier ' +
  'sensitive records touches entity schema description'
).split(' ');

/** Reads the declared tools by name. */
export const tools: Reader<ReadonlyMap<string, ToolDocument>> = (findings, node) => {
  const entries = openEntries(findings, node, 'a mapping of tools');
  for (const { key, place } of entries) {
    if (isToolName(key) && !/^(output|handoff)\./.test(key)) continue;
    const message = isToolName(key)
      ? `\`${key}\` is built in: declare no tool of that name`
      : `\`${key}\` is no tool name: use letters, digits, \`_\`, \`-\` and \`.\``;
    findings.error({ code: 'bad-name', place, message });
  }
  return new Map(
    entries.map((entry) => {
      const what = `tool \`${entry.key}\``;
      return [entry.key, readTool(open(findings, entry.value, { what, keys: KEYS }), entry)];
    }),
  );
};

type WorldEffect = { readonly effect: Effect | null; readonly effectFrom: string | null };

const effect: Reader<WorldEffect> = (findings, node) => {
  const written = node.kind === 'scalar' ? String(node.value) : '';
  const from = /^from\((.*)\)$/.exec(written)?.[1];
  if (from !== undefined && isPath(from)) {
    return { effect: null, effectFrom: argumentPath(from) };
  }
  const read = choice(['read', 'write', 'send', 'from(<argument>)']);
  const known = read(findings, node);
  return known === undefined || known === 'from(<argument>)'
    ? undefined
    : { effect: known, effectFrom: null };
};

function readTool(fields: Fields, { key: name, place }: Entry): ToolDocument {
  const world = required(fields, 'effect', { read: effect, or: WORST });
  const isOpenWorld = optional(fields, 'open_world', { read: flag, or: false });
  const undo = optional(fields, 'undo', { read: undoing, or: null });
  const located = readPaths(fields);
  const tool: Tool = {
    name,
    ...world,
    category: optional(fields, 'category', { read: word, or: name.split('.')[0] ?? name }),
    isOpenWorld,
    trust: optional(fields, 'trust', { read: trust, or: trustOf(isOpenWorld) }),
    reversible: optional(fields, 'reversible', {
      read: choice(['yes', 'partly', 'no']),
      or: reversibleOf(world, undo),
    }),
    undo: undo?.tool.value ?? null,
    undoArgs: undo?.args.map((each) => each.argument) ?? [],
    tier: optional(fields, 'tier', {
      read: choice(['public', 'standard', 'elevated']),
      or: 'standard',
    }),
    ...located.members,
    sensitive: optional(fields, 'sensitive', { read: list(label), or: [] }),
    touches: optional(fields, 'touches', {
      read: list(choice(['self', 'memory', 'evaluator'])),
      or: [],
    }),
    schema: optional(fields, 'schema', { read: schema, or: null }),
  };
  optional(fields, 'description', { read: text, or: null });
  const source = world.effectFrom === null ? [] : [{ value: world.effectFrom, place }];
  return { place, tool, undo, paths: [...source, ...located.paths] };
}

const WORST: WorldEffect = { effect: 'send', effectFrom: null };

const label: Reader<string> = matching((name) => isName(name) && !OWN_LABELS.has(name), {
  code: 'bad-name',
  wanted: "a label other than the kernel's own `untrusted` and `external`",
});

const OWN_LABELS: ReadonlySet<string> = new Set(['untrusted', 'external']);

function trustOf(isOpenWorld: boolean): Trust {
  const byDefault = isOpenWorld ? 'untrusted' : 'trusted';
  return { byDefault, trusted: [], untrusted: [], format: 'json' };
}

/** What nobody declared to be reversible is not. */
function reversibleOf(world: WorldEffect, undo: UndoDocument | null): Tool['reversible'] {
  if (world.effect === 'read') return 'yes';
  return undo === null ? 'no' : 'partly';
}

const trust: Reader<Trust> = (findings, node) => {
  const level = choice(['trusted', 'untrusted']);
  if (node.kind === 'scalar') {
    const byDefault = level(findings, node);
    return byDefault === undefined ? undefined : { ...trustOf(true), byDefault };
  }
  const keys = ['default', 'trusted', 'untrusted', 'format'];
  const fields = open(findings, node, { what: '`trust`', keys });
  return {
    byDefault: required(fields, 'default', { read: level, or: 'untrusted' }),
    trusted: optional(fields, 'trusted', { read: list(path), or: [] }),
    untrusted: optional(fields, 'untrusted', { read: list(path), or: [] }),
    format: optional(fields, 'format', { read: choice(['json', 'yaml', 'text']), or: 'json' }),
  };
};

const schema: Reader<Tool['schema']> = (findings, node) => {
  const value = json(findings, node);
  if (isJsonObject(value)) return value;
  const message = 'expected a JSON Schema of the arguments';
  return findings.error({ code: 'bad-schema', place: node.place, message });
};

type Located = {
  readonly members: Pick<Tool, 'money' | 'records' | 'entity'>;
  readonly paths: readonly Placed<string>[];
};

function readPaths(fields: Fields): Located {
  const at = { read: argument, or: null };
  const money = optional(fields, 'money', at);
  const records = optional(fields, 'records', at);
  const entity = optional(fields, 'entity', { read: entityOf, or: null });
  const counted = records?.value === 'result.count' ? null : records;
  const paths = [money, counted, entity?.id ?? null].filter((each) => each !== null);
  const members = {
    money: money?.value ?? null,
    records: records?.value ?? null,
    entity: entity === null ? null : { kind: entity.kind, id: entity.id.value },
  };
  return { members, paths };
}

const entityOf: Reader<{ readonly kind: string; readonly id: Placed<string> }> = (
  findings,
  node,
) => {
  const fields = open(findings, node, { what: '`entity`', keys: ['kind', 'id'] });
  return {
    kind: required(fields, 'kind', { read: word, or: '' }),
    id: required(fields, 'id', { read: argument, or: { value: '', place: node.place } }),
  };
};
