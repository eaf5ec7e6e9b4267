import { problem } from '../diagnostic.ts';
import type { Place } from '../diagnostic.ts';
import { enforced } from './contradiction.ts';
import { all, any, fails, fires, isMissed, matches, not } from './goal.ts';
import type { Goal } from './goal.ts';
import { distinctTools, possiblyMet, rulesFor } from './rule-index.ts';
import { exampleOf } from './ground.ts';
import type { Ground } from './ground.ts';
import { at, concerns, namesExactly, surelyFires } from './subject.ts';
import type { Subject } from './subject.ts';
import { isImpossible } from './unreachable.ts';
import type { Fault } from './unreachable.ts';
import { eachWithin } from './work.ts';
import type { Work } from './work.ts';

/**
 * Returns the rules that others make superfluous: an `allow` whose every call is excluded, and a
 * rule that an earlier one of its kind implies with the same effect.
 */
export function shadows(ground: Ground, work: Work): readonly Fault[] {
  return eachWithin(ground.subjects, work, (subject) => {
    if (subject.rule.mode === 'observe' || subject.tools.length === 0) return [];
    const excluded = subject.kind === 'allow' ? fullyExcluded(ground, subject, work) : null;
    const found = excluded ?? implied(ground, subject, work);
    return found === null ? [] : [found];
  });
}

function fullyExcluded(ground: Ground, subject: Subject, work: Work): Fault | null {
  const blamed = new Set<Subject>();
  for (const tool of subject.tools) {
    const excludes = enforced(ground, 'exclude', tool);
    if (isSpared(ground, { subject, tool }, work)) return null;
    const left = all(matches(subject.guard), ...excludes.map(surelyFires).map(not));
    if (!isImpossible(ground, { goal: left, tool }, work)) return null;
    const single = excludes.find((exclude) => {
      const goal = all(matches(subject.guard), not(surelyFires(exclude)));
      return isImpossible(ground, { goal, tool }, work);
    });
    for (const exclude of single === undefined ? excludes : [single]) blamed.add(exclude);
  }
  const others = [...blamed].slice(0, 3).map(named).join(' and ');
  const message =
    `rule \`${subject.rule.id}\` never allows anything: every call it matches is excluded by ` +
    `${others}; narrow the exclusion or remove the rule`;
  return fault(subject, message);
}

/** Whether some call the rule matches is known to escape every exclusion. */
function isSpared(
  ground: Ground,
  { subject, tool }: { readonly subject: Subject; readonly tool: string },
  work: Work,
): boolean {
  const example = exampleOf(ground, subject, tool);
  const excludes = possiblyMet(rulesFor(ground.index, 'exclude', tool), example);
  return excludes.every((exclude) => {
    work.left -= 1;
    return example !== undefined && isMissed(exclude, example);
  });
}

function named({ rule }: Subject): string {
  return `rule \`${rule.id}\` (${at(rule.place)})`;
}

function fault(subject: Subject, message: string): Fault {
  const place: Place = subject.rule.place;
  return { subject, diagnostic: problem({ code: 'shadowed-rule', place, message }) };
}

function implied(ground: Ground, subject: Subject, work: Work): Fault | null {
  if (subject.effect === null) return null;
  const [tool = ''] = subject.tools;
  const list = rulesFor(ground.index, subject.kind, tool);
  const earlier = possiblyMet(list, exampleOf(ground, subject, tool)).find(
    (other) => other.position < subject.position && implies(ground, { other, subject }, work),
  );
  if (earlier === undefined) return null;
  const message =
    `rule \`${subject.rule.id}\` changes nothing: ${named(earlier)} already covers every call ` +
    'it matches; remove it, or give it a condition the earlier rule does not cover';
  return fault(subject, message);
}

type Pair = { readonly other: Subject; readonly subject: Subject };

function implies(ground: Ground, pair: Pair, work: Work): boolean {
  const { other, subject } = pair;
  if (other.effect !== subject.effect || work.left < 0) return false;
  // The examples found for the later rule usually refute the claim at once.
  const tools = distinctTools(subject.tools, [subject, other], ground.argumentKinds);
  for (const tool of tools) {
    work.left -= 1;
    const example = exampleOf(ground, subject, tool);
    if (example !== undefined && isMissed(other, example)) return false;
  }
  work.left -= subject.tools.length;
  if (!subject.tools.every((tool) => covers(pair, tool))) return false;
  const goal = beyond(pair);
  return tools.every((tool) => isImpossible(ground, { goal, tool }, work));
}

function covers({ other, subject }: Pair, tool: string): boolean {
  const isNamed = subject.kind !== 'allow' || !namesExactly(subject, tool);
  return concerns(other, tool) && (isNamed || namesExactly(other, tool));
}

/**
 * Where the later rule may have an effect that the earlier one is not certain to have: an error is
 * an effect of its own (a deny, or a defer where the condition is about facts).
 */
function beyond({ other, subject }: Pair): Goal {
  const [wide, narrow] = [other.guard, subject.guard];
  if (subject.kind === 'exclude') return all(fires(narrow), not(surelyFires(other)));
  const matching = all(matches(narrow), not(matches(wide)));
  if (subject.kind === 'allow' && !subject.isFactual) return matching;
  const failing = all(fails(narrow), not(matches(wide)), not(fails(wide)));
  const refusing = all(fails(narrow), not(fails(wide)));
  return any(matching, subject.kind === 'allow' ? failing : refusing);
}
