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
import { distinctTools } from './rule-index.ts';
import { solve } from './solve.ts';
import type { Answer } from './solve.ts';
import { domainsFor, exampleKey } from './ground.ts';
import type { Ground } from './ground.ts';
import { sayTool } from './subject.ts';
import type { Subject } from './subject.ts';
import { eachWithin, spendOn } from './work.ts';
import type { Work } from './work.ts';

/** A rule and what is wrong with it. */
export type Fault = { readonly subject: Subject; readonly diagnostic: Diagnostic };

/** Returns whether some values of an action of a tool meet a goal, as far as can be known. */
export function ask(
  ground: Ground,
  { goal, tool }: { readonly goal: Goal; readonly tool: string },
  work: Work,
): Answer<Knowledge> {
  const confirm = ({ held, opaque, below }: Knowledge): Knowledge => {
    return { held: new Map(held), opaque: new Map(opaque), below };
  };
  const domainOf = domainsFor(ground, tool);
  return spendOn(work, (budget) => solve({ goal, domainOf, budget, confirm }));
}

/** Returns whether it is certain that no values of an action of a tool meet a goal. */
export function isImpossible(
  ground: Ground,
  { goal, tool }: { readonly goal: Goal; readonly tool: string },
  work: Work,
): boolean {
  const domainOf = domainsFor(ground, tool);
  const question = { goal, domainOf, confirm: () => true, isProofOnly: true };
  return spendOn(work, (budget) => solve({ ...question, budget })).kind === 'none';
}

/** Returns the rules whose conditions no action of any of their tools can meet. */
export function unreachables(ground: Ground, work: Work): readonly Fault[] {
  return eachWithin(ground.subjects, work, (subject) => {
    if (subject.guard.when === null && subject.guard.unless === null) return [];
    return isUnreachable(ground, subject, work) ? [fault(ground, subject, work)] : [];
  });
}

function isUnreachable(ground: Ground, subject: Subject, work: Work): boolean {
  const goal = matches(subject.guard);
  let isDead = subject.tools.length > 0;
  const { argumentKinds } = ground;
  for (const tool of distinctTools(subject.tools, [subject], argumentKinds)) {
    const answer = ask(ground, { goal, tool }, work);
    if (answer.kind === 'found')
      subject.examples.set(exampleKey(ground, subject, tool), answer.witness);
    if (answer.kind !== 'none') isDead = false;
  }
  return isDead;
}

function fault(ground: Ground, subject: Subject, work: Work): Fault {
  const { rule } = subject;
  const tools = subject.tools.slice(0, 3).map(sayTool).join(', ');
  const clash = rule.when && clashIn(ground, subject, work);
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
  subject: Subject,
  work: Work,
): { readonly place: Expression['place']; readonly why: string } | null {
  const { rule, tools } = subject;
  const when = rule.when;
  if (when === null) return null;
  const isDead = (nodes: readonly ASTNode[]): boolean => {
    const goal = all(
      ...nodes.map((node) => wish({ formula: readNode(node), condition: null }, TRUE, TRUE)),
    );
    return distinctTools(tools, [subject], ground.argumentKinds).every((tool) =>
      isImpossible(ground, { goal, tool }, work),
    );
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
