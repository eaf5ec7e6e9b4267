import { problem } from '../diagnostic.ts';
import type { Place } from '../diagnostic.ts';
import { enforced } from './contradiction.ts';
import { all, any, fails, fires, matches, not, standingOf } from './goal.ts';
import type { Goal } from './goal.ts';
import type { Budget } from './solve.ts';
import { at, concerns, isFactual, namesExactly, surelyFires } from './subject.ts';
import type { Ground, Subject } from './subject.ts';
import { ask } from './unreachable.ts';
import type { Fault } from './unreachable.ts';

/**
 * Returns the rules that others make superfluous: an `allow` whose every call is excluded, and a
 * rule that an earlier one of its kind implies with the same effect.
 */
export function shadows(ground: Ground, budget: Budget): readonly Fault[] {
  return ground.subjects.flatMap((subject) => {
    if (subject.rule.mode === 'observe' || subject.tools.length === 0) return [];
    const excluded = subject.kind === 'allow' ? fullyExcluded(ground, subject, budget) : null;
    const found = excluded ?? implied(ground, subject, budget);
    return found === null ? [] : [found];
  });
}

function fullyExcluded(ground: Ground, subject: Subject, budget: Budget): Fault | null {
  const blamed = new Set<Subject>();
  for (const tool of subject.tools) {
    const excludes = enforced(ground, 'exclude', tool);
    const example = subject.examples.get(tool);
    const isSpared = (exclude: Subject): boolean =>
      example !== undefined && standingOf(exclude.fires, example) === 'missed';
    if (excludes.every(isSpared)) return null;
    const left = all(matches(subject.guard), ...excludes.map(surelyFires).map(not));
    if (ask(ground, { goal: left, tool }, budget).kind !== 'none') return null;
    const single = excludes.find((exclude) => {
      const goal = all(matches(subject.guard), not(surelyFires(exclude)));
      return ask(ground, { goal, tool }, budget).kind === 'none';
    });
    for (const exclude of single === undefined ? excludes : [single]) blamed.add(exclude);
  }
  const others = [...blamed].slice(0, 3).map(named).join(' and ');
  const message =
    `rule \`${subject.rule.id}\` never allows anything: every call it matches is excluded by ` +
    `${others}; narrow the exclusion or remove the rule`;
  return fault(subject, message);
}

function named({ rule }: Subject): string {
  return `rule \`${rule.id}\` (${at(rule.place)})`;
}

function fault(subject: Subject, message: string): Fault {
  const place: Place = subject.rule.place;
  return { subject, diagnostic: problem({ code: 'shadowed-rule', place, message }) };
}

function implied(ground: Ground, subject: Subject, budget: Budget): Fault | null {
  if (subject.effect === null) return null;
  const end = ground.subjects.indexOf(subject);
  const earlier = ground.subjects.find(
    (other, index) => index < end && implies(ground, { other, subject }, budget),
  );
  if (earlier === undefined) return null;
  const message =
    `rule \`${subject.rule.id}\` changes nothing: ${named(earlier)} already covers every call ` +
    'it matches; remove it, or give it a condition the earlier rule does not cover';
  return fault(subject, message);
}

type Pair = { readonly other: Subject; readonly subject: Subject };

function implies(ground: Ground, pair: Pair, budget: Budget): boolean {
  const { other, subject } = pair;
  if (other.kind !== subject.kind || other.rule.mode === 'observe') return false;
  if (other.effect !== subject.effect) return false;
  if (!subject.tools.every((tool) => covers(pair, tool))) return false;
  // The examples found for the later rule usually refute the claim at once.
  if (subject.tools.some((tool) => isRefuted(pair, tool))) return false;
  const goal = beyond(pair);
  return subject.tools.every((tool) => ask(ground, { goal, tool }, budget).kind === 'none');
}

function isRefuted({ other, subject }: Pair, tool: string): boolean {
  const example = subject.examples.get(tool);
  return example !== undefined && standingOf(other.fires, example) === 'missed';
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
  if (subject.kind === 'allow' && !isFactual(subject)) return matching;
  const failing = all(fails(narrow), not(matches(wide)), not(fails(wide)));
  const refusing = all(fails(narrow), not(fails(wide)));
  return any(matching, subject.kind === 'allow' ? failing : refusing);
}
