import type { ASTNode } from '@marcbachmann/cel-js';

import { problem } from '../diagnostic.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { placeIn } from '../document.ts';
import type { Expression } from '../document.ts';
import { conjunctsOf, readNode } from './fragment.ts';
import { all, matches, wish } from './goal.ts';
import type { Goal } from './goal.ts';
import { TRUE } from './outcome.ts';
import type { Knowledge } from './outcome.ts';
import { solve } from './solve.ts';
import type { Answer, Budget } from './solve.ts';
import { domainsFor, sayTool } from './subject.ts';
import type { Ground, Subject } from './subject.ts';

/** A rule and what is wrong with it. */
export type Fault = { readonly subject: Subject; readonly diagnostic: Diagnostic };

/** Returns whether some values of an action of a tool meet a goal, as far as can be known. */
export function ask(
  ground: Ground,
  { goal, tool }: { readonly goal: Goal; readonly tool: string },
  budget: Budget,
): Answer<Knowledge> {
  const confirm = ({ held, opaque, below }: Knowledge): Knowledge => {
    return { held: new Map(held), opaque: new Map(opaque), below };
  };
  return solve({ goal, domainOf: domainsFor(ground, tool), budget, confirm });
}

/** Returns the rules whose conditions no action of any of their tools can meet. */
export function unreachables(ground: Ground, budget: Budget): readonly Fault[] {
  return ground.subjects.flatMap((subject) => {
    if (subject.guard.when === null && subject.guard.unless === null) return [];
    return isUnreachable(ground, subject, budget) ? [fault(ground, subject, budget)] : [];
  });
}

function isUnreachable(ground: Ground, subject: Subject, budget: Budget): boolean {
  const goal = matches(subject.guard);
  let isDead = subject.tools.length > 0;
  for (const tool of subject.tools) {
    const answer = ask(ground, { goal, tool }, budget);
    if (answer.kind === 'found') subject.examples.set(tool, answer.witness);
    if (answer.kind !== 'none') isDead = false;
  }
  return isDead;
}

function fault(ground: Ground, subject: Subject, budget: Budget): Fault {
  const { rule } = subject;
  const tools = subject.tools.slice(0, 3).map(sayTool).join(', ');
  const clash = rule.when && clashIn(ground, subject, budget);
  const place = clash?.place ?? rule.when?.place ?? rule.unless?.place ?? rule.place;
  const why = clash?.why ?? 'its conditions cannot both hold';
  const message =
    `rule \`${rule.id}\` can never match a call of ${tools}: ${why}; ` +
    'correct the condition or remove the rule';
  return { subject, diagnostic: problem({ code: 'unreachable-rule', place, message }) };
}

/** The smallest part of `when` that already cannot hold: one operand of its `&&`s, or two. */
function clashIn(
  ground: Ground,
  { rule, tools }: Subject,
  budget: Budget,
): { readonly place: Expression['place']; readonly why: string } | null {
  const when = rule.when;
  if (when === null) return null;
  const isDead = (nodes: readonly ASTNode[]): boolean => {
    const goal = all(
      ...nodes.map((node) => wish({ formula: readNode(node), condition: null }, TRUE, TRUE)),
    );
    return tools.every((tool) => ask(ground, { goal, tool }, budget).kind === 'none');
  };
  const parts = conjunctsOf(when.ast).slice(0, 12);
  const single = parts.find((part) => isDead([part]));
  if (single !== undefined) {
    return { place: placeIn(when, single.start), why: `${quoted(single)} is never true` };
  }
  const pair = pairsOf(parts).find((nodes) => isDead(nodes));
  if (pair === undefined) return null;
  const why = `${pair.map(quoted).join(' and ')} cannot both be true`;
  return { place: placeIn(when, pair[1]?.start ?? 0), why };
}

function pairsOf(parts: readonly ASTNode[]): readonly (readonly ASTNode[])[] {
  return parts.flatMap((left, index) => parts.slice(index + 1).map((right) => [left, right]));
}

function quoted(node: ASTNode): string {
  return `\`${node.input.slice(node.start, node.end)}\``;
}
