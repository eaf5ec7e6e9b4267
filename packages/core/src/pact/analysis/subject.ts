import type { Tool } from '../compiled.ts';
import type {
  AllowDocument,
  Expression,
  FieldType,
  PactDocument,
  RuleDocument,
  StepUpDocument,
} from '../document.ts';
import type { Place } from '../diagnostic.ts';
import { matchesTool } from '../glob.ts';
import { anything, argumentDomain, fieldDomain, textDomain } from './domain.ts';
import type { Domain } from './domain.ts';
import { readNode } from './fragment.ts';
import { atomsOf, pathsOf } from './formula.ts';
import type { Formula, Segments } from './formula.ts';
import { fires, matches } from './goal.ts';
import type { Clause, Goal, Guard } from './goal.ts';
import type { DomainOf } from './needs.ts';
import type { Knowledge } from './outcome.ts';

/** The lists of a pact whose rules have conditions. */
export type RuleKind = 'allow' | 'exclude' | 'step_up' | 'defer' | 'modify';

/**
 * One rule under analysis. `tools` are what it concerns: declared tools, `handoff.` names or globs,
 * and `output:<class>` for an output rule. Two rules of a kind with the same `effect` do the same
 * where they match; null: not to be compared. `examples` are values that match it, by tool.
 */
export type Subject = {
  readonly kind: RuleKind;
  readonly rule: RuleDocument;
  readonly guard: Guard;
  readonly tools: readonly string[];
  readonly effect: string | null;
  /** Where the rule matches or fails. */
  readonly fires: Goal;
  readonly examples: Map<string, Knowledge>;
};

/** What the questions about one pact are asked of. */
export type Ground = {
  readonly document: PactDocument;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly subjects: readonly Subject[];
};

/** Returns the rules of a pact as the analysis sees them, in document order within each kind. */
export function groundOf(document: PactDocument, tools: ReadonlyMap<string, Tool>): Ground {
  const subject =
    <R extends RuleDocument>(kind: RuleKind, effectOf: (rule: R) => string | null) =>
    (rule: R): Subject => {
      const guard = { when: clauseOf(rule.when), unless: clauseOf(rule.unless) };
      return {
        kind,
        rule,
        guard,
        tools: toolsOf(rule, tools),
        effect: effectOf(rule),
        fires: fires(guard),
        examples: new Map(),
      };
    };
  const subjects = [
    ...document.allow.map(subject('allow', unlimited)),
    ...document.exclude.map(subject('exclude', () => '')),
    ...document.stepUp.map(subject('step_up', asked)),
    ...document.defer.map(subject('defer', () => null)),
    ...document.modify.map(subject('modify', () => null)),
  ];
  return { document, tools, subjects };
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

function toolsOf(rule: RuleDocument, tools: ReadonlyMap<string, Tool>): readonly string[] {
  if (rule.output !== null) return [`output:${rule.output.value}`];
  const named = rule.tools.flatMap(({ value }) => {
    const found = [...tools.keys()].filter((name) => matchesTool(value, name));
    return found.length === 0 ? [value] : found;
  });
  return [...new Set(named)];
}

/** Returns whether a rule concerns a tool, as `tools` of a subject names it. */
export function concerns({ rule }: Subject, tool: string): boolean {
  if (rule.output !== null) {
    return rule.output.value === 'any' ? tool.startsWith('output:') : isOutput(rule, tool);
  }
  return rule.tools.some(({ value }) => matchesTool(value, tool));
}

function isOutput(rule: RuleDocument, tool: string): boolean {
  return tool === `output:${rule.output?.value}`;
}

/** Returns whether a rule names a tool without a glob. */
export function namesExactly({ rule }: Subject, tool: string): boolean {
  return rule.tools.some(({ value }) => value === tool);
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

/** Returns whether a rule's conditions name facts: where they fail they may defer. */
export function isFactual({ guard }: Subject): boolean {
  return [guard.when, guard.unless].some((clause) => clause !== null && namesFacts(clause.formula));
}

/** Returns where a restriction is certain to restrict: failing for want of a fact may defer. */
export function surelyFires(subject: Subject): Goal {
  return isFactual(subject) ? matches(subject.guard) : subject.fires;
}

function namesFacts(formula: Formula): boolean {
  return [...atomsOf(formula)].some((atom) => {
    if (atom.op === 'opaque') return atom.text.includes('facts');
    return pathsOf(atom).some(([root]) => root === 'facts');
  });
}

/** Returns `file:line:column` of a place. */
export function at({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** Returns a tool as a message names it. */
export function sayTool(tool: string): string {
  return tool.startsWith('output:') ? `output \`${tool.slice(7)}\`` : `\`${tool}\``;
}
