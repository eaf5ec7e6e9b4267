import type { Tool } from '../compiled.ts';
import type {
  AllowDocument,
  Expression,
  FieldType,
  PactDocument,
  RuleDocument,
  StepUpDocument,
} from '../document.ts';
import { isGlob, matchesTool } from '../glob.ts';
import { anything, argumentDomain, fieldDomain, textDomain } from './domain.ts';
import type { Domain } from './domain.ts';
import { readNode } from './fragment.ts';
import { namesRoot } from './formula.ts';
import type { Segments } from './formula.ts';
import { fires } from './goal.ts';
import type { Clause } from './goal.ts';
import type { DomainOf } from './needs.ts';
import type { Knowledge } from './outcome.ts';
import { argumentKinds, indexRules, readsTool } from './rule-index.ts';
import type { RuleIndex } from './rule-index.ts';
import type { RuleKind, Subject } from './subject.ts';

/** What the questions about one pact are asked of. */
export type Ground = {
  readonly document: PactDocument;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly subjects: readonly Subject[];
  /** The subjects that are enforced. */
  readonly index: RuleIndex;
  /** What tells the arguments of one tool from another's: equal texts, equal arguments. */
  readonly argumentKinds: ReadonlyMap<string, string>;
};

/** Returns the rules of a pact as the analysis sees them, in document order within each kind. */
export function groundOf(document: PactDocument, tools: ReadonlyMap<string, Tool>): Ground {
  let position = 0;
  const named = memoised((pattern) => declaredTools(pattern, tools));
  const subject =
    <R extends RuleDocument>(kind: RuleKind, effectOf: (rule: R) => string | null) =>
    (rule: R): Subject => {
      const guard = { when: clauseOf(rule.when), unless: clauseOf(rule.unless) };
      const formulas = [guard.when, guard.unless].flatMap((clause) => clause?.formula ?? []);
      position += 1;
      return {
        kind,
        rule,
        guard,
        tools: toolsOf(rule, named),
        effect: effectOf(rule),
        fires: fires(guard),
        examples: new Map(),
        position: position - 1,
        isFactual: formulas.some((formula) => namesRoot(formula, 'facts')),
        namesTool: readsTool(formulas),
      };
    };
  const subjects = [
    ...document.allow.map(subject('allow', unlimited)),
    ...document.exclude.map(subject('exclude', () => '')),
    ...document.stepUp.map(subject('step_up', asked)),
    ...document.defer.map(subject('defer', () => null)),
    ...document.modify.map(subject('modify', () => null)),
  ];
  return {
    document,
    tools,
    subjects,
    index: indexRules(subjects),
    argumentKinds: argumentKinds(tools),
  };
}

/** Returns the ground without some rules. */
export function without(ground: Ground, faulty: ReadonlySet<Subject>): Ground {
  if (faulty.size === 0) return ground;
  const subjects = ground.subjects.filter((subject) => !faulty.has(subject));
  return { ...ground, subjects, index: indexRules(subjects) };
}

function memoised(make: (key: string) => readonly string[]): (key: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (key) => {
    const found = known.get(key) ?? make(key);
    known.set(key, found);
    return found;
  };
}

/** An allow with limits of its own is charged where another has no room. */
function unlimited({ limits, budgets }: AllowDocument): string | null {
  return limits.length === 0 && budgets.length === 0 ? '' : null;
}

function asked({ approvers, quorum, withinMs }: StepUpDocument): string {
  return JSON.stringify([approvers?.toSorted(), quorum, withinMs]);
}

function clauseOf(expression: Expression | null): Clause | null {
  return expression && { formula: readNode(expression.ast), condition: null };
}

function toolsOf(
  rule: RuleDocument,
  named: (pattern: string) => readonly string[],
): readonly string[] {
  if (rule.output !== null) return [`output:${rule.output.value}`];
  return [...new Set(rule.tools.flatMap(({ value }) => named(value)))];
}

function declaredTools(pattern: string, tools: ReadonlyMap<string, Tool>): readonly string[] {
  if (!isGlob(pattern)) return [pattern];
  const found = [...tools.keys()].filter((name) => matchesTool(pattern, name));
  return found.length === 0 ? [pattern] : found;
}

/** Returns the domains of the paths of an action of one tool. */
export function domainsFor(ground: Ground, tool: string): DomainOf {
  return (path) => domainAt(ground, tool, path);
}

function domainAt({ document, tools }: Ground, tool: string, path: Segments): Domain {
  const [root, name, ...rest] = path;
  if (root === 'agent') return textDomain([document.agent.value]);
  if (root === 'tool') return textDomain(tools.has(tool) ? [tool] : null);
  if (root === 'principal' || root === 'task') return textDomain(null);
  if (name === undefined) return anything;
  if (root === 'args') return argumentDomain(tools.get(tool)?.schema ?? null, path.slice(1));
  if (root === 'session' && rest.length === 0) {
    return typedDomain(document.session.get(name), true);
  }
  const [field, ...deeper] = rest;
  if (root !== 'facts' || field === undefined || deeper.length > 0) return anything;
  const type = document.facts.get(name)?.fields?.get(field);
  return { ...typedDomain(type, true), isBreakable: true };
}

function typedDomain(type: FieldType | undefined, isOptional: boolean): Domain {
  return type === undefined ? anything : fieldDomain(type, isOptional);
}

/** Returns the example found for a rule of calls of a tool. */
export function exampleOf(ground: Ground, subject: Subject, tool: string): Knowledge | undefined {
  return subject.examples.get(exampleKey(ground, subject, tool));
}

/** Returns the key of an example: one serves every tool whose arguments are alike. */
export function exampleKey(
  { argumentKinds: kinds }: Ground,
  subject: Subject,
  tool: string,
): string {
  return subject.namesTool ? tool : (kinds.get(tool) ?? '');
}
