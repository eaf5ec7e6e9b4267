import type { Place } from '../diagnostic.ts';
import type { RuleDocument } from '../document.ts';
import { matchesTool } from '../glob.ts';
import { matches } from './goal.ts';
import type { Goal, Guard } from './goal.ts';
import type { Knowledge } from './outcome.ts';

/** The lists of a pact whose rules have conditions. */
export type RuleKind = 'allow' | 'exclude' | 'step_up' | 'defer' | 'modify';

/**
 * One rule under analysis. `tools` are what it concerns: declared tools, `handoff.` names or globs,
 * and `output:<class>` for an output rule. Two rules of a kind with the same `effect` do the same
 * where they match; null: not to be compared. `examples` are values that match it, by
 * `exampleKey`.
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
  /** Where it stands among all rules, from 0. */
  readonly position: number;
  readonly isFactual: boolean;
  readonly namesTool: boolean;
};

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

/** Returns where a restriction is certain to restrict: failing for want of a fact may defer. */
export function surelyFires(subject: Subject): Goal {
  return subject.isFactual ? matches(subject.guard) : subject.fires;
}

/** Returns `file:line:column` of a place. */
export function at({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** Returns a tool as a message names it. */
export function sayTool(tool: string): string {
  return tool.startsWith('output:') ? `output \`${tool.slice(7)}\`` : `\`${tool}\``;
}
