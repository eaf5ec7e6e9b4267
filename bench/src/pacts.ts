import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type CompiledPact, formatDiagnostic, type Json, loadPact } from '@plumbline/core';
import { parse, stringify } from 'yaml';

import { deal, type Dealt, type Rule, toCel } from './rules.ts';
import { shapesOf, type ToolShape } from './tool-shape.ts';

/** A rule as a pact writes it. */
type Written = {
  readonly id: string;
  readonly tool: string | readonly string[];
  readonly when?: string;
};

/** The example pact of an agent, as plain values. */
export type Example = {
  readonly folder: string;
  readonly agent: string;
  readonly text: { readonly [member: string]: Json };
  readonly allow: readonly Written[];
  readonly tools: readonly ToolShape[];
};

/** Reads the example pact of an agent and the shapes of its tools. */
export function readExample(folder: string, agent: string): Example {
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
  const text = parse(read(`${agent}.pact.yaml`));
  const shapes = shapesOf(JSON.parse(read(`schemas/${agent}.tools.json`)));
  const allow: readonly Written[] = text.allow;
  const allowed = new Set(allow.flatMap(({ tool }) => tool));
  const tools = shapes.filter(({ name }) => allowed.has(name));
  return { folder, agent, text, allow, tools };
}

/**
 * Returns the example pact brought to `count` rules: its own, with its tasks and flows, and others
 * in the whole language dealt out over its tools. With fewer rules than its own, one allow of
 * every tool stands for them.
 */
export function pactOf(example: Example, count: number): CompiledPact {
  const own = count < example.allow.length ? [everything(example)] : example.allow;
  const dealt = deal(example.tools, count - own.length);
  return load(example, {
    ...example.text,
    allow: [...dealt.filter(isAllow).map(written), ...own],
    exclude: dealt.filter(isExclude).map(written),
    step_up: dealt.filter(isStepUp).map((turn) => ({ ...written(turn), approvers: ['role:lead'] })),
  });
}

/** Returns a pact of the rules alone, without tasks and flows, as the peers are given them. */
export function plainPactOf(example: Example, rules: readonly Rule[]): CompiledPact {
  const { tasks: _tasks, flows: _flows, ...rest } = example.text;
  const ofEffect = (effect: Rule['effect']): readonly Written[] =>
    rules
      .filter((rule) => rule.effect === effect)
      .map(({ id, tool, test }) => ({ id, tool, when: toCel(test) }));
  const allow = [...ofEffect('allow'), everything(example)];
  return load(example, { ...rest, allow, exclude: ofEffect('deny') });
}

function everything({ tools }: Example): Written {
  return { id: 'everything', tool: tools.map(({ name }) => name) };
}

function load({ folder, agent }: Example, source: object): CompiledPact {
  const { cases: _cases, ...rest } = { cases: [], ...source };
  const file = join(folder, `${agent}.pact.yaml`);
  const text = stringify(rest);
  const loaded = loadPact(file, (path) => (path === file ? text : readFileSync(path, 'utf8')));
  if (loaded.ok) return loaded.value.pact;
  throw new Error(loaded.error.map(formatDiagnostic).join('\n'));
}

const isAllow = ({ round }: Dealt): boolean => round % 4 === 1 || round % 4 === 3;
const isStepUp = ({ round }: Dealt): boolean => round % 4 === 2;
const isExclude = ({ round }: Dealt): boolean => round % 4 === 0;

function written({ tool, round, index }: Dealt): Written {
  const number = 1_000_000 + index;
  const tests = [
    ...tool.numbers.map((name) => `money(args.${name}) == money("${number}.00")`),
    ...tool.texts.map((name) => `args.${name}.startsWith("internal-${number}")`),
    ...tool.lists.map((name) => `size(args.${name}) == ${number}`),
    ...tool.texts.map((name) => `args.${name} in ["blocked-a-${number}", "blocked-b-${number}"]`),
    ...tool.lists.map((name) => `args.${name}.exists(each, each == "blocked-${number}")`),
    ...tool.texts.map((name) => `args.${name} == "blocked-${number}"`),
    ...tool.numbers.map((name) => `args.${name} == ${number}`),
    `principal == "nobody-${number}"`,
  ];
  const when = tests[round % tests.length] ?? 'false';
  return { id: `dealt-${index}`, tool: tool.name, when };
}
