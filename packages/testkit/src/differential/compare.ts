import {
  canonical,
  type Decision,
  type Finding,
  type Json,
  type JsonObject,
  type Verdict,
} from '@plumbline/core';

import type { ReferenceDecision } from '../reference/decide.ts';

/** How the keys of the kernel's counters and marks are named by the reference, found on the way. */
export type KeyNames = Map<string, string>;

/**
 * Returns what two decisions disagree about, or null. Words the specification leaves open are not
 * compared; keys of counters and marks have to be named one to one.
 */
export function compareDecisions(
  kernel: Decision,
  reference: ReferenceDecision,
  names: KeyNames,
): string | null {
  const extra = Object.keys(kernel).filter(
    (name) => !(name in reference) && name !== 'readSet' && name !== 'grants',
  );
  if (extra.length > 0) return `members of no decision: ${extra.join(', ')}`;
  const views = [viewOf(kernel, reference), viewOf(reference, reference)] as const;
  for (const part of Object.keys(views[1])) {
    const [left, right] = views.map((view) => canonical(view[part] ?? null));
    if (left !== right) return `${part}: kernel ${left}, reference ${right}`;
  }
  return compareKeys(kernel, reference, names);
}

function compareKeys(
  kernel: Decision,
  reference: ReferenceDecision,
  names: KeyNames,
): string | null {
  for (const part of ['reserves', 'marks'] as const) {
    for (const [index, { key }] of kernel[part].entries()) {
      const wanted = reference[part][index]?.key ?? '';
      const isFree = !names.has(`kernel ${key}`) && !names.has(`reference ${wanted}`);
      if (isFree) names.set(`kernel ${key}`, wanted).set(`reference ${wanted}`, key);
      if (names.get(`kernel ${key}`) === wanted && names.get(`reference ${wanted}`) === key)
        continue;
      return `${part}: key ${key} of the kernel is not ${wanted}`;
    }
  }
  return null;
}

function viewOf(decision: ReferenceDecision, reference: ReferenceDecision): JsonObject {
  const { at, verdict, because, charges, reserves, marks, obligations } = decision;
  return {
    at,
    verdict: verdictView(verdict, reference.verdict),
    because: because.map((finding, index) => findingView(finding, reference.because[index])),
    charges: [...charges],
    reserves: reserves.map(({ amount, windowEndMs }) => [amount, windowEndMs]),
    spends: [...decision.spends].sort(),
    grants: decision.grants === undefined ? null : [...decision.grants].sort(),
    marks: marks.map(({ untilMs }) => untilMs),
    obligations: obligations.map(({ kind, rule }) => [kind, rule]),
  };
}

function verdictView(verdict: Verdict, reference: Verdict): Json {
  switch (verdict.kind) {
    case 'deny': {
      const isFixed = reference.kind === 'deny' && reference.say !== '';
      return isFixed ? { ...verdict } : { kind: 'deny' };
    }
    case 'modify': {
      const rewrites = verdict.rewrites.map(({ rule, path, value }) => [rule, path, value ?? null]);
      return { kind: 'modify', args: verdict.args, rewrites };
    }
    case 'step_up':
      return { kind: 'step_up', requirements: verdict.requirements.map((one) => ({ ...one })) };
    case 'defer':
      return { ...verdict };
    case 'allow':
      return { kind: 'allow' };
    default:
      return verdict satisfies never;
  }
}

function findingView(finding: Finding, reference: Finding | undefined): Json {
  const { stage, rule, kind, requirement, until, halts } = finding;
  return {
    stage,
    rule,
    kind,
    violation: finding.violation === true,
    observed: finding.observed === true,
    halts: halts ?? null,
    requirement: requirement === undefined ? null : { ...requirement },
    until: until === undefined ? null : [...until],
    say: (reference?.say ?? '') === '' ? '' : finding.say,
  };
}
