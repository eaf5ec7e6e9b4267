import type { ASTNode } from '@marcbachmann/cel-js';

import type { Condition, Evaluated, Scope } from '../compiled.ts';
import type { Expression } from '../document.ts';
import { compileNode } from './code.ts';
import { selections } from './tree.ts';
import { Fault, typeName } from './values.ts';

/** The steps one evaluation may take; a step is one list element or 64 characters of text. */
const MAX_STEPS = 100_000;

const TRUE: Evaluated = { ok: true, value: true };
const FALSE: Evaluated = { ok: true, value: false };

/** Returns a checked expression as a condition the kernel evaluates; it never throws. */
export function compileCondition(expression: Expression): Condition {
  const { text, ast } = expression;
  const code = compileNode(ast, new Map());
  const reads = (['counters', 'sources'] as const).filter((root) => namesOf(ast, root) !== null);
  const evaluate = (scope: Scope): Evaluated => {
    const value = code({ root: scope, slots: [], steps: MAX_STEPS });
    if (typeof value === 'boolean') return value ? TRUE : FALSE;
    if (value instanceof Fault) return { ok: false, why: value.why };
    return { ok: false, why: `expected a bool, found ${typeName(value)}` };
  };
  return { text, facts: namesOf(ast, 'facts') ?? [], reads, evaluate };
}

/** Returns the distinct first names selected from a root, or null when the root is not named. */
export function namesOf(ast: ASTNode, root: string): readonly string[] | null {
  const found = selections(ast, new Set()).filter((selection) => selection.root === root);
  if (found.length === 0) return null;
  return [...new Set(found.flatMap(({ names }) => names.slice(0, 1)))];
}
