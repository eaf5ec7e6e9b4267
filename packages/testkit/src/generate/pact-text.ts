import type { Json, JsonObject } from '@plumbline/core';

import { conditions, keepConditions } from './conditions.ts';
import type { Random } from './random.ts';
import { agents, crowded, outputClasses, toolNames, tools } from './tools.ts';

/** The files of one pact by name; the first, `pact.yaml`, may extend `base.yaml`. */
export type PactFiles = ReadonlyMap<string, JsonObject>;

/** What one case leans towards, so that every stage fires often enough. */
export type Lean = {
  readonly rules: number;
  readonly restraint: number;
  /** Whether tools of every tier need claims, and little else stands in the way. */
  readonly isTiered: boolean;
};

/** Sections that stop most of what an agent does. */
const strict: readonly string[] = ['tasks', 'tiers', 'rule_of_two', 'dormant'];
const approvers = ['role:lead', 'role:support', 'ann@example.com'] as const;
const spans = ['1s', '90s', '15m', '2h', '1d', '30d'] as const;
const busy = [...crowded, 'vault.patch', 'handoff.legal'] as const;
const patterns = ['orders.*', 'mail.*', '*.load', 'pay.*'] as const;

/** Returns a random pact, as the JSON its YAML stands for. */
export function generatePact(random: Random): PactFiles {
  const isExtending = random.chance(0.3);
  const isTiered = random.chance(0.35);
  const restraint = random.below(50) / (isTiered ? 400 : 100);
  const lean = { rules: random.pick([0.6, 0.95, 1]), restraint, isTiered };
  const files = new Map<string, JsonObject>();
  files.set('pact.yaml', {
    ...layer(random, lean, 'own'),
    ...(isExtending ? { extends: 'base.yaml' } : {}),
  });
  if (isExtending) files.set('base.yaml', layer(random, lean, 'base'));
  return files;
}

function layer(random: Random, lean: Lean, name: string): JsonObject {
  return {
    pact: 'plumbline/v1',
    agent: 'agent-1',
    purpose: 'Serve the customer of this session.',
    owner: 'owner@example.com',
    autonomy: random.pick([1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3]),
    timezone: random.pick(['UTC', 'UTC', 'Europe/Berlin']),
    session: { customer_id: 'string', customer_email: 'email' },
    facts: declaredFacts(),
    tools: tools(),
    allow: allow(random, lean, name),
    unlisted: random.pick(['hard_block', 'block_and_replan', 'block_and_replan']),
    ...pursued(random),
    ...optional(random, lean, name),
  };
}

function pursued(random: Random): JsonObject {
  const metrics = { score: random.pick(['a + b', ' a  + b', 'a']), must: ['a <= 1', 'b>=2'] };
  return {
    ...(random.chance(0.3) ? { goal: random.pick(['serve', ' serve', 'sell  more']) } : {}),
    ...(random.chance(0.3) ? { metrics } : {}),
  };
}

function declaredFacts(): JsonObject {
  return {
    source: { max_age: '10m', pending: 'defer', within: '15m' },
    risk: { max_age: '10m' },
    payee: { max_age: '1h', pending: 'defer', within: '90s' },
  };
}

function optional(random: Random, lean: Lean, name: string): JsonObject {
  const sections: JsonObject = {
    exclude: rules(random, lean, (id) => exclude(random, `${name}-no-${id}`)),
    step_up: rules(random, lean, (id) => stepUp(random, `${name}-ask-${id}`)),
    defer: rules(random, lean, (id) => defer(random, `${name}-wait-${id}`)),
    modify: rules(random, lean, (id) => modify(random, `${name}-fix-${id}`)),
    flows: rules(random, lean, (id) => flow(random, `${name}-flow-${id}`)),
    duplicates: [0, 1].map((id) => duplicate(random, `${name}-twice-${id}`)),
    checkpoints: [
      { id: `${name}-checkpoint`, to: random.pick([agents[0], '*']), ...asking(random) },
    ],
    rule_of_two: random.pick(['off', 'step_up', 'deny']),
    tasks: tasks(random),
    tiers: tiers(random, lean.isTiered),
    gates: random.chance(0.5) ? 'off' : { widen_after: 1 + random.below(3) },
    bulk: { percentile: random.pick([50, 90]), floor: 1 + random.below(3), cold_start: 2 },
    persistence: persistence(random),
    dormant: { after: random.pick(spans) },

    halt_on: ['canary'],
    approvers: [random.pick(approvers)],
  };
  const kept = Object.entries(sections).filter(([key, value]) =>
    isKept(random, lean, [key, value]),
  );
  return Object.fromEntries(kept);
}

function isKept(random: Random, lean: Lean, [key, value]: readonly [string, Json]): boolean {
  const isEmpty = Array.isArray(value) && value.length === 0;
  if (key === 'tiers' && lean.isTiered) return true;
  if (strict.includes(key)) return random.chance(lean.restraint);
  return !isEmpty && random.chance(0.3 + lean.restraint);
}

function rules(random: Random, lean: Lean, make: (id: number) => JsonObject): readonly Json[] {
  const count = random.chance(lean.restraint) ? 1 + random.below(3) : random.below(2);
  return Array.from({ length: count }, (_, index) => make(index));
}

function mode(random: Random): JsonObject {
  return random.chance(0.1) ? { mode: 'observe' } : {};
}

function conditional(random: Random, tool: string, probability: number): JsonObject {
  return {
    ...(random.chance(probability) ? { when: random.pick(conditions(tool)) } : {}),
    ...(random.chance(probability / 3) ? { unless: random.pick(conditions(tool)) } : {}),
  };
}

/** A rule is about one tool, some tools, a glob or a class of output. */
function about(random: Random, probability: number): JsonObject {
  if (random.chance(0.12)) {
    const output = random.pick(['any', ...outputClasses]);
    return { output, ...conditional(random, 'output.message', probability) };
  }
  const tool = random.chance(0.4) ? random.pick(busy) : random.pick(toolNames);
  if (random.chance(0.1)) return { tool: random.pick(patterns) };
  if (random.chance(0.2)) return { tool: [...new Set([tool, random.pick(toolNames)])] };
  return { tool, ...conditional(random, tool, probability) };
}

function asking(random: Random): JsonObject {
  return {
    approvers: [random.pick(approvers)],
    quorum: 1 + random.below(2),
    within: random.pick(spans),
  };
}

function window(random: Random): string {
  return random.pick(['call', 'session', 'session', 'day', 'agent', '1h', '90s']);
}

function allow(random: Random, lean: Lean, name: string): readonly Json[] {
  const named = random.some(toolNames, lean.rules);
  const listed = named.flatMap((tool, index): readonly Json[] => [
    { id: `${name}-may-${index}`, tool, ...mode(random), ...allowance(random, tool) },
    ...(random.chance(0.2)
      ? [{ id: `${name}-also-${index}`, tool, ...allowance(random, tool) }]
      : []),
  ]);
  const wide = random.chance(0.3)
    ? [{ id: `${name}-wide`, ...about(random, 0.2), ...mode(random) }]
    : [];
  const outputs = { id: `${name}-say`, output: random.pick(['any', 'any', ...outputClasses]) };
  return [...listed, ...wide, ...(random.chance(0.7) ? [outputs] : []), ...handoffs(random, name)];
}

function handoffs(random: Random, name: string): readonly Json[] {
  const tool = random.pick(['handoff.*', `handoff.${agents[0]}`]);
  const budget = { sum: 'args.amount', max: '20', per: 'session' };
  const limit = random.chance(0.4) ? { limit: { calls: 1, per: 'session' }, budget } : {};
  return random.chance(0.7) ? [{ id: `${name}-pass-on`, tool, ...limit }] : [];
}

function allowance(random: Random, tool: string): JsonObject {
  const limit = { calls: random.pick([1, 1, 2, 3]), per: window(random) };
  const second = { calls: 1 + random.below(5), per: random.pick(['session', 'agent']) };
  const budget = {
    sum: 'args.amount',
    max: random.pick(['10.00', '99.5', '200']),
    per: window(random),
  };
  return {
    ...conditional(random, tool, 0.12),
    ...(random.chance(0.45) ? { limit: random.chance(0.2) ? [limit, second] : limit } : {}),
    ...(busy.some((name) => name === tool) && random.chance(0.25) ? { budget } : {}),
  };
}

function exclude(random: Random, id: string): JsonObject {
  return { id, ...about(random, 0.7), ...mode(random), say: `not allowed by ${id}` };
}

function stepUp(random: Random, id: string): JsonObject {
  return { id, ...about(random, 0.6), ...mode(random), ...asking(random) };
}

function defer(random: Random, id: string): JsonObject {
  const until = random.pick([['source'], ['risk'], ['payee', 'risk']]);
  const wait = { until, within: random.pick(spans), say: `wait, says ${id}` };
  return { id, ...about(random, 0.4), ...mode(random), ...wait };
}

function modify(random: Random, id: string): JsonObject {
  const tool = random.pick([...busy, 'orders.get']);
  const steps: readonly JsonObject[] = [
    { redact: 'text', with: '[removed]' },
    { remove: 'note' },
    { clamp: 'amount', min: 1, max: random.pick([20, 50]) },
    { keep: 'to', where: random.pick(keepConditions) },
    { set: 'customer_id', to: random.pick(['c1', 'c2']) },
    { set: 'meta.tag', to: 'x' },
    { redact: 'items.name', with: '[item]' },
    { clamp: 'items.size', min: 0, max: 5 },
  ];
  const rewrite = random.some(steps, 0.4);
  const some = rewrite.length === 0 ? [{ remove: 'note' }] : rewrite;
  return { id, tool, ...conditional(random, tool, 0.4), ...mode(random), rewrite: some };
}

function flow(random: Random, id: string): JsonObject {
  const from = random.pick(['untrusted', 'tainted', 'label:customer']);
  const to = random.pick([['write', 'send'], ['send'], ['open_world'], ['read']]);
  const unless = random.chance(0.3) ? { unless: random.pick(conditions('output.message')) } : {};
  const then = random.pick(['deny', 'step_up']);
  return {
    id,
    from,
    to,
    ...unless,
    ...mode(random),
    then,
    ...(then === 'step_up' ? asking(random) : {}),
  };
}

function duplicate(random: Random, id: string): JsonObject {
  const tool = [...new Set([random.pick(busy), random.pick(busy), random.pick(busy)])];
  const key = random.pick([['customer_id'], ['customer_id'], ['meta.tag'], ['amount', 'to']]);
  const then = random.pick(['deny', 'step_up']);
  const ask = then === 'step_up' ? { approvers: [random.pick(approvers)] } : {};
  return { id, tool, key, within: random.pick(spans), then, ...ask };
}

function tasks(random: Random): JsonObject {
  const task = (): JsonObject => {
    const named = random.some(toolNames, 0.6);
    const all = ['handoff.*', ...(random.chance(0.7) ? ['output.*'] : []), ...named];
    const listed = random
      .some(
        [
          ['orders.set.customer_id', ['principal', 'session']],
          ['mail.send.to', ['principal', 'trusted', 'orders.get']],
          ['pay.create.customer_id', ['inbox.load:from', 'principal', 'trusted']],
          ['pay.create.note', ['agent']],
          ['everything.patch.to', ['principal', 'agent']],
          ['vault.patch.customer_id', ['orders.get', 'trusted']],
          ['handoff.legal.text', ['principal']],
        ] as const,
        0.5,
      )
      .filter(([path]) => all.some((tool) => path.startsWith(tool)));
    const sources = listed.length === 0 ? {} : { sources: Object.fromEntries(listed) };
    const otherwise = random.pick(['deny', 'step_up']);
    return { tools: all, ...sources, otherwise };
  };
  return { returns: task(), support: task() };
}

function tiers(random: Random, isTiered: boolean): JsonObject {
  const claim = (contains: string): JsonObject => ({
    claim: 'roles',
    contains,
    max_age: random.pick(['90s', '15m', isTiered ? '15m' : '90s']),
  });
  return {
    ...(random.chance(isTiered ? 0.8 : 0.4) ? { standard: claim('staff') } : {}),
    ...(random.chance(isTiered ? 0.9 : 0.7) ? { elevated: claim('exporter') } : {}),
    ...(random.chance(0.5) ? { money_above: '50.00' } : {}),
  };
}

function persistence(random: Random): JsonObject {
  const warn = 1 + random.below(4);
  const pause = warn + 1;
  return { warn, pause, halt: pause + 1 + random.below(2) };
}
