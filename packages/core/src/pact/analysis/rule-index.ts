import type { Tool } from '../compiled.ts';
import { matchesTool, isGlob } from '../glob.ts';
import { keyOf, namesRoot } from './formula.ts';
import type { Formula, Scalar } from './formula.ts';
import type { Knowledge } from './outcome.ts';
import type { RuleKind, Subject } from './subject.ts';

/** The enforced rules of a pact by the tool they concern, in document order of each kind. */
export type RuleIndex = ReadonlyMap<string, ReadonlyMap<RuleKind, RuleList>>;

/** Rules in order, and those that can be true of one value only by that value. */
export type RuleList = {
  readonly rules: readonly Subject[];
  readonly free: readonly Subject[];
  readonly tied: ReadonlyMap<string, Tied>;
};

type Tied = { readonly all: Subject[]; readonly byValue: Map<Scalar, Subject[]> };

/** Returns the index of rules over every tool any of them concerns. */
export function indexRules(subjects: readonly Subject[]): RuleIndex {
  const found = new Map<string, Subject[]>();
  for (const tool of subjects.flatMap(({ tools }) => tools)) found.set(tool, []);
  for (const subject of subjects) {
    if (subject.rule.mode !== 'enforce') continue;
    for (const tool of toolsAmong(found, subject)) found.get(tool)?.push(subject);
  }
  return new Map([...found].map(([tool, all]) => [tool, byKind(all)] as const));
}

/** A name is looked up; only a glob has to be held against every tool. */
function toolsAmong(tools: ReadonlyMap<string, unknown>, { rule }: Subject): Iterable<string> {
  if (rule.output !== null) {
    const { value } = rule.output;
    return value === 'any'
      ? [...tools.keys()].filter((tool) => tool.startsWith('output:'))
      : [`output:${value}`];
  }
  const named = rule.tools.flatMap(({ value }) =>
    isGlob(value) ? [...tools.keys()].filter((tool) => matchesTool(value, tool)) : [value],
  );
  return new Set(named);
}

function byKind(subjects: readonly Subject[]): ReadonlyMap<RuleKind, RuleList> {
  const kinds = Map.groupBy(subjects, ({ kind }) => kind);
  return new Map([...kinds].map(([kind, rules]) => [kind, listOf(rules)] as const));
}

function listOf(rules: readonly Subject[]): RuleList {
  const free: Subject[] = [];
  const tied = new Map<string, Tied>();
  for (const rule of rules) {
    const tie = rule.guard.when === null ? null : tieOf(rule.guard.when.formula);
    if (tie === null) {
      free.push(rule);
      continue;
    }
    const known: Tied = tied.get(tie.key) ?? { all: [], byValue: new Map() };
    tied.set(tie.key, known);
    known.all.push(rule);
    for (const value of tie.values) {
      const same = known.byValue.get(value);
      if (same === undefined) known.byValue.set(value, [rule]);
      else same.push(rule);
    }
  }
  return { rules, free, tied };
}

type Tie = { readonly key: string; readonly values: ReadonlySet<Scalar> };

/** What a condition needs of one path: `args.id == "x"` among the operands of its `&&`s. */
function tieOf(formula: Formula): Tie | null {
  if (formula.op === 'and') return tieOf(formula.left) ?? tieOf(formula.right);
  if (formula.op === 'in' && formula.term.kind === 'path') {
    return { key: keyOf(formula.term.path), values: new Set(formula.list) };
  }
  if (formula.op !== 'compare' || formula.relation !== '==') return null;
  if (formula.left.kind !== 'path' || formula.right.kind !== 'literal') return null;
  return { key: keyOf(formula.left.path), values: new Set([formula.right.value]) };
}

const none: RuleList = { rules: [], free: [], tied: new Map() };

/** Returns the rules of a kind that concern a tool. */
export function rulesFor(index: RuleIndex, kind: RuleKind, tool: string): RuleList {
  return index.get(tool)?.get(kind) ?? none;
}

/** Returns the rules of a list that an example does not already show to be false, in order. */
export function possiblyMet(list: RuleList, example: Knowledge | undefined): readonly Subject[] {
  if (example === undefined) return list.rules;
  const found = [...list.free];
  for (const [key, { all, byValue }] of list.tied) {
    const held = example.held.get(key);
    if (held?.kind !== 'value') found.push(...all);
    else if (isScalar(held.value)) found.push(...(byValue.get(held.value) ?? []));
  }
  return found.sort((a, b) => a.position - b.position);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value !== 'object';
}

/**
 * Returns one tool for each kind of arguments: conditions that do not name the tool mean the same
 * for two tools of one schema.
 */
export function distinctTools(
  tools: readonly string[],
  subjects: readonly Subject[],
  kinds: ReadonlyMap<string, string>,
): readonly string[] {
  if (tools.length < 2 || subjects.some(({ namesTool }) => namesTool)) return tools;
  const first = new Map<string, string>();
  for (const tool of tools) {
    const kind = kinds.get(tool) ?? '';
    if (!first.has(kind)) first.set(kind, tool);
  }
  return [...first.values()];
}

/** Returns for each tool the text of its schema; tools without one are alike. */
export function argumentKinds(tools: ReadonlyMap<string, Tool>): ReadonlyMap<string, string> {
  return new Map([...tools].map(([name, { schema }]) => [name, JSON.stringify(schema)] as const));
}

/** Returns whether any condition of a rule reads the tool's own name. */
export function readsTool(formulas: readonly Formula[]): boolean {
  return formulas.some((formula) => namesRoot(formula, 'tool'));
}
