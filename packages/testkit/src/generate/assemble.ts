import {
  compileCondition,
  type CompiledPact,
  type Condition,
  digestJson,
  type FactRule,
  isJsonObject,
  type Json,
  type JsonObject,
  type Layer,
  parseTree,
  type RuleBase,
  type Tool,
  type ToolRules,
  type Window,
} from '@plumbline/core';

import { globMatches } from '../reference/turn.ts';
import type { PactFiles } from './pact-text.ts';

const unitsMs: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Returns the compiled form of a generated pact, read by the plainest means and
 * without any check, so that pacts no loader would arm are decided on too.
 */
export function assemble(files: PactFiles): CompiledPact {
  const documents = [...files.values()];
  const own = documents[0] ?? {};
  const document = { layers: documents };
  return {
    agent: text(own['agent']),
    digest: digestJson(document),
    document,
    timezone: text(own['timezone']),
    offsetMs: offsetOf(text(own['timezone'])),
    tools: new Map(documents.flatMap((d) => members(d['tools']).map(toolOf)).reverse()),
    facts: new Map(documents.flatMap((d) => members(d['facts']).map(factOf)).reverse()),
    sessionFields: members(own['session']).map(([name]) => name),
    gates: gatesOf(own),
    haltOn: texts(own['halt_on']),
    staging: null,
    whenAway: 'refuse',
    drill: null,
    layers: [...files].map(([file, layer]) => layerOf(file, layer)),
  };
}

function offsetOf(timezone: string): (nowMs: number) => number {
  if (timezone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return (nowMs) => {
    const whole = Math.floor(nowMs / 1000) * 1000;
    return Date.parse(`${format.format(whole).replace(' ', 'T')}Z`) - whole;
  };
}

function object(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function members(value: Json | undefined): readonly (readonly [string, Json])[] {
  return Object.entries(object(value));
}

function list(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return list(value).map(object);
}

function text(value: Json | undefined, or: string = ''): string {
  return typeof value === 'string' ? value : or;
}

function texts(value: Json | undefined): readonly string[] {
  return list(value).map((item) => text(item));
}

function count(value: Json | undefined, or: number): number {
  return typeof value === 'number' ? value : or;
}

function choice<const T extends string>(value: Json | undefined, of: readonly T[], or: T): T {
  return of.find((item) => item === value) ?? or;
}

function span(value: Json | undefined, orMs: number): number {
  const match = /^(\d+)(\w+)$/.exec(text(value));
  return match === null ? orMs : Number(match[1]) * (unitsMs[match[2] ?? ''] ?? 0);
}

function condition(value: Json | undefined): Condition | null {
  if (typeof value !== 'string') return null;
  const tree = parseTree(value);
  if (!tree.ok) throw new Error(`generated condition ${value}: ${tree.error.message}`);
  const place = { file: '', line: 1, column: 1 };
  return compileCondition({ text: value, ast: tree.value, place, lines: [] });
}

function toolOf([name, declared]: readonly [string, Json]): readonly [string, Tool] {
  const tool = object(declared);
  const effectFrom = /^from\((.*)\)$/.exec(text(tool['effect']))?.[1] ?? null;
  const entity = object(tool['entity']);
  return [
    name,
    {
      name,
      effect:
        effectFrom === null ? choice(tool['effect'], ['read', 'write', 'send'], 'send') : null,
      effectFrom,
      category: text(tool['category']),
      isOpenWorld: tool['open_world'] === true,
      trust: trustOf(tool['trust']),
      reversible: choice(tool['reversible'], ['yes', 'partly', 'no'], 'no'),
      undo: null,
      undoArgs: [],
      money: typeof tool['money'] === 'string' ? tool['money'] : null,
      tier: choice(tool['tier'], ['public', 'standard', 'elevated'], 'standard'),
      sensitive: texts(tool['sensitive']),
      records: typeof tool['records'] === 'string' ? tool['records'] : null,
      touches: (['self', 'memory', 'evaluator'] as const).filter((thing) =>
        texts(tool['touches']).includes(thing),
      ),
      entity:
        tool['entity'] === undefined
          ? null
          : { kind: text(entity['kind']), id: text(entity['id']) },
      schema: object(tool['schema']),
    },
  ];
}

function trustOf(value: Json | undefined): Tool['trust'] {
  const trust = typeof value === 'string' ? { default: value } : object(value);
  return {
    byDefault: choice(trust['default'], ['trusted', 'untrusted'], 'trusted'),
    trusted: texts(trust['trusted']),
    untrusted: texts(trust['untrusted']),
    format: choice(trust['format'], ['json', 'yaml', 'text'], 'json'),
  };
}

function factOf([name, declared]: readonly [string, Json]): readonly [string, FactRule] {
  const fact = object(declared);
  return [
    name,
    {
      name,
      maxAgeMs: span(fact['max_age'], 0),
      key: null,
      pending: choice(fact['pending'], ['deny', 'defer'], 'deny'),
      withinMs: span(fact['within'], 0),
    },
  ];
}

function gatesOf(own: JsonObject): CompiledPact['gates'] {
  const approvers = texts(own['approvers']);
  if (own['gates'] === 'off') return { isOn: false, widenAfter: 3, approvers };
  return { isOn: true, widenAfter: count(object(own['gates'])['widen_after'], 3), approvers };
}

function baseOf(rule: JsonObject): RuleBase {
  return {
    id: text(rule['id']),
    mode: choice(rule['mode'], ['enforce', 'observe'], 'enforce'),
    tools: texts(rule['tool']),
    output: typeof rule['output'] === 'string' ? rule['output'] : null,
    when: condition(rule['when']),
    unless: condition(rule['unless']),
  };
}

type Asking = {
  readonly approvers: readonly string[];
  readonly quorum: number;
  readonly withinMs: number;
};

function askingOf(layer: JsonObject, rule: JsonObject): Asking {
  const approvers = texts(rule['approvers'] ?? layer['approvers']);
  return { approvers, quorum: count(rule['quorum'], 1), withinMs: span(rule['within'], 900_000) };
}

function windowOf(value: Json | undefined): Window {
  const name = text(value);
  if (name === 'call') return { kind: 'call' };
  if (name === 'session' || name === 'day' || name === 'agent') return { kind: name };
  return { kind: 'window', lengthMs: span(value, 1) };
}

function layerOf(file: string, layer: JsonObject): Layer {
  const tiers = object(layer['tiers']);
  const bulk = object(layer['bulk']);
  const persistence = object(layer['persistence']);
  return {
    file,
    autonomy: layer['autonomy'] === 1 ? 1 : layer['autonomy'] === 3 ? 3 : 2,
    unlisted: choice(layer['unlisted'], ['hard_block', 'block_and_replan'], 'hard_block'),
    flows: objects(layer['flows']).map((flow) => flowOf(layer, flow)),
    ruleOfTwo: choice(layer['rule_of_two'], ['off', 'step_up', 'deny'], 'off'),
    tasks: layer['tasks'] === undefined ? null : tasksOf(layer),
    tiers: {
      standard: tierOf(tiers['standard']),
      elevated: tierOf(tiers['elevated']),
      moneyAbove: typeof tiers['money_above'] === 'string' ? tiers['money_above'] : null,
      escalate: 'ask the owner',
    },
    bulk:
      layer['bulk'] === undefined
        ? null
        : {
            percentile: count(bulk['percentile'], 99),
            floor: count(bulk['floor'], 200),
            coldStart: count(bulk['cold_start'], 20),
          },
    persistence: {
      warn: count(persistence['warn'], 3),
      pause: count(persistence['pause'], 5),
      halt: count(persistence['halt'], 8),
    },
    dormantAfterMs:
      layer['dormant'] === undefined ? null : span(object(layer['dormant'])['after'], 0),
    approvers: texts(layer['approvers']),
    approvalWithinMs: 900_000,
    allow: objects(layer['allow']).map(allowOf),
    rulesFor: rulesOf(layer),
  };
}

function flowOf(layer: JsonObject, flow: JsonObject): Layer['flows'][number] {
  const from = text(flow['from']);
  const { id, mode, unless } = baseOf(flow);
  return {
    ...askingOf(layer, flow),
    id,
    mode,
    unless,
    from:
      from === 'untrusted' || from === 'tainted'
        ? { kind: from }
        : { kind: 'label', label: from.replace('label:', '') },
    to: (['read', 'write', 'send', 'open_world'] as const).filter((effect) =>
      texts(flow['to']).includes(effect),
    ),
    then: choice(flow['then'], ['deny', 'step_up'], 'deny'),
    say: text(flow['say']),
  };
}

function tierOf(value: Json | undefined): Layer['tiers']['standard'] {
  if (value === undefined) return null;
  const tier = object(value);
  const [claim, contains] = [text(tier['claim']), text(tier['contains'])];
  return { claim, contains, maxAgeMs: span(tier['max_age'], 0) };
}

function tasksOf(layer: JsonObject): Layer['tasks'] {
  const made = members(layer['tasks']).map(([name, declared]) => {
    const task = object(declared);
    const otherwise = choice(task['otherwise'], ['deny', 'step_up'], 'deny');
    const tools = texts(task['tools']);
    const sources = members(task['sources']).map(([target, allowed]) => {
      const [first = '', second = '', ...path] = target.split('.');
      const place = { tool: `${first}.${second}`, path: path.join('.') };
      return { ...place, sources: texts(allowed), otherwise };
    });
    const { approvers, withinMs } = askingOf(layer, task);
    return [name, { name, tools, sources, otherwise, approvers, withinMs, say: '' }] as const;
  });
  return new Map(made);
}

function rulesOf(layer: JsonObject): Layer['rulesFor'] {
  const known = new Map<string, ToolRules>();
  return (tool) => {
    const found = known.get(tool) ?? rulesFor(layer, tool);
    known.set(tool, found);
    return found;
  };
}

function rulesFor(layer: JsonObject, tool: string): ToolRules {
  const concerning = <T extends RuleBase>(section: string, make: (rule: JsonObject) => T): T[] =>
    objects(layer[section])
      .map(make)
      .filter((rule) => concerns(rule, tool));
  return {
    allow: concerning('allow', allowOf).map((rule) => ({ rule, exact: isExact(rule, tool) })),
    exclude: concerning('exclude', (rule) => ({ ...baseOf(rule), say: text(rule['say']) })),
    stepUp: concerning('step_up', (rule) => ({
      ...baseOf(rule),
      ...askingOf(layer, rule),
      say: text(rule['say']),
    })),
    defer: concerning('defer', (rule) => ({
      ...baseOf(rule),
      until: texts(rule['until']),
      withinMs: span(rule['within'], 0),
      say: text(rule['say']),
    })),
    modify: concerning('modify', (rule) => ({
      ...baseOf(rule),
      rewrites: objects(rule['rewrite']).map(rewriteOf),
    })),
    duplicates: objects(layer['duplicates'])
      .map((rule) => duplicateOf(layer, rule))
      .filter(({ tools }) => tools.some((name) => globMatches(name, tool))),
    checkpoints: tool.startsWith('handoff.')
      ? objects(layer['checkpoints']).map((rule) => ({
          id: text(rule['id']),
          to: texts(rule['to']),
          ...askingOf(layer, rule),
        }))
      : [],
  };
}

function concerns(rule: RuleBase, tool: string): boolean {
  if (tool.startsWith('output.')) return rule.output !== null;
  return rule.output === null && rule.tools.some((name) => globMatches(name, tool));
}

function isExact(rule: RuleBase, tool: string): boolean {
  return rule.output !== null || rule.tools.includes(tool);
}

function allowOf(rule: JsonObject): ToolRules['allow'][number]['rule'] {
  const limits = objects(rule['limit']).map((limit) => ({
    calls: count(limit['calls'], 0),
    per: windowOf(limit['per']),
  }));
  const budgets = objects(rule['budget']).map((budget) => ({
    sum: text(budget['sum']).replace(/^args\./, ''),
    max: text(budget['max']),
    per: windowOf(budget['per']),
  }));
  return { ...baseOf(rule), limits, budgets, isCovered: rule['covered'] === true };
}

function rewriteOf(step: JsonObject): ToolRules['modify'][number]['rewrites'][number] {
  const number = (key: 'min' | 'max'): { readonly [bound: string]: number } => {
    const bound = step[key];
    return typeof bound === 'number' ? { [key]: bound } : {};
  };
  if ('redact' in step) {
    return { kind: 'redact', path: text(step['redact']), replacement: text(step['with']) };
  }
  if ('clamp' in step) {
    return { kind: 'clamp', path: text(step['clamp']), ...number('min'), ...number('max') };
  }
  if ('set' in step) return { kind: 'set', path: text(step['set']), value: step['to'] ?? null };
  const where = condition(step['where']);
  if (where !== null) return { kind: 'keep', path: text(step['keep']), where };
  return { kind: 'remove', path: text(step['remove']) };
}

function duplicateOf(layer: JsonObject, rule: JsonObject): ToolRules['duplicates'][number] {
  return {
    id: text(rule['id']),
    tools: texts(rule['tool']),
    key: texts(rule['key']),
    withinMs: span(rule['within'], 0),
    then: choice(rule['then'], ['deny', 'step_up'], 'deny'),
    approvers: texts(rule['approvers'] ?? layer['approvers']),
    approvalWithinMs: 900_000,
  };
}
