import { problem } from '../diagnostic.ts';
import type { Place } from '../diagnostic.ts';
import { all, any, fires, matches, not, standingOf } from './goal.ts';
import type { Goal, Standing } from './goal.ts';
import { possiblyMet, rulesFor } from './rule-index.ts';
import { exampleOf } from './ground.ts';
import type { Ground } from './ground.ts';
import { at, namesExactly, sayTool, surelyFires } from './subject.ts';
import type { Subject } from './subject.ts';
import { isImpossible } from './unreachable.ts';
import type { Fault } from './unreachable.ts';
import { eachWithin } from './work.ts';
import type { Work } from './work.ts';

/**
 * Returns the rules of a pact that contradict others: an `allow` that names a tool of which every
 * call is excluded, and a restriction that can never take effect because everything it is about is
 * refused anyway.
 */
export function contradictions(ground: Ground, work: Work): readonly Fault[] {
  return eachWithin(ground.subjects, work, (subject) => {
    if (subject.rule.mode === 'observe' || subject.kind === 'exclude') return [];
    if (subject.kind === 'allow') return excludedByName(ground, subject);
    return neverFires(ground, subject, work);
  });
}

/** Returns the enforced rules of a kind that concern a tool. */
export function enforced(
  { index }: Ground,
  kind: Subject['kind'],
  tool: string,
): readonly Subject[] {
  return rulesFor(index, kind, tool).rules;
}

function excludedByName(ground: Ground, subject: Subject): readonly Fault[] {
  return subject.tools.flatMap((tool) => {
    const other = enforced(ground, 'exclude', tool).find(isUnconditional);
    const isNamed = namesExactly(subject, tool) || tool.startsWith('output:');
    if (other === undefined || !isNamed) return [];
    const message =
      `rule \`${subject.rule.id}\` allows ${sayTool(tool)}, and rule \`${other.rule.id}\` ` +
      `(${at(other.rule.place)}) excludes every call of it; ` +
      'give the exclusion a condition or take the tool out of one of them';
    return [fault(subject, toolPlace(subject, tool), message)];
  });
}

function isUnconditional({ guard }: Subject): boolean {
  return guard.when === null && guard.unless === null;
}

function toolPlace({ rule }: Subject, tool: string): Place {
  return rule.tools.find(({ value }) => value === tool)?.place ?? rule.place;
}

function fault(subject: Subject, place: Place, message: string): Fault {
  return { subject, diagnostic: problem({ code: 'contradictory-rule', place, message }) };
}

function neverFires(ground: Ground, subject: Subject, work: Work): readonly Fault[] {
  const isDead =
    subject.tools.length > 0 &&
    subject.tools.every((tool) => {
      if (isShownToFire(ground, { subject, tool }, work)) return false;
      const goal = permitted(ground, { tool, when: fires(subject.guard) });
      return goal === null || isImpossible(ground, { goal, tool }, work);
    });
  if (!isDead) return [];
  const isNamed = subject.tools.some((tool) => enforced(ground, 'allow', tool).length > 0);
  const tools = subject.tools.slice(0, 3).map(sayTool).join(', ');
  const why = isNamed
    ? `every call of ${tools} it is about is already refused`
    : `no \`allow\` rule permits a call of ${tools}`;
  const message =
    `rule \`${subject.rule.id}\` of \`${subject.kind}\` can never take effect: ${why}; ` +
    'widen `allow` or remove the rule';
  return [fault(subject, subject.rule.place, message)];
}

/** Whether the example found for a rule is one that an `allow` permits and no `exclude` refuses. */
function isShownToFire(
  ground: Ground,
  { subject, tool }: { readonly subject: Subject; readonly tool: string },
  work: Work,
): boolean {
  const example = exampleOf(ground, subject, tool);
  if (example === undefined) return false;
  const stands = (goal: Goal): Standing => {
    work.left -= 1;
    return standingOf(goal, example);
  };
  return (
    enforced(ground, 'allow', tool).some(({ guard }) => stands(matches(guard)) === 'met') &&
    possiblyMet(rulesFor(ground.index, 'exclude', tool), example).every(
      (exclude) => stands(exclude.fires) === 'missed',
    )
  );
}

/** Calls some `allow` matches and no `exclude` surely refuses; null without such an `allow`. */
function permitted(
  ground: Ground,
  { tool, when }: { readonly tool: string; readonly when: Goal },
): Goal | null {
  const allows = enforced(ground, 'allow', tool);
  if (allows.length === 0) return null;
  const excludes = enforced(ground, 'exclude', tool).map(surelyFires);
  return all(when, any(...allows.map(({ guard }) => matches(guard))), ...excludes.map(not));
}
