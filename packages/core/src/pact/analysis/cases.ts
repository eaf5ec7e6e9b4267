import type { Decision, VerdictKind } from '../../decide/verdict.ts';
import type { RuleId } from '../compiled.ts';
import type { Place } from '../diagnostic.ts';
import type { CaseDocument } from '../document.ts';
import type { LoadedPact } from '../load.ts';
import { tryAction } from './trial.ts';

/** One case and what the pact really decides. `why` says in words how they differ; null: passed. */
export type CaseResult = {
  readonly id: string;
  readonly place: Place;
  readonly expected: VerdictKind;
  readonly actual: VerdictKind;
  /** The rules that decided; for an action let through, those charged. */
  readonly rules: readonly RuleId[];
  readonly why: string | null;
};

/** The cases of a pact, run; and the enforced allow rules no passed case was charged to. */
export type CaseReport = {
  readonly results: readonly CaseResult[];
  readonly uncovered: readonly { readonly id: RuleId; readonly place: Place }[];
};

/**
 * Returns every case of a pact decided by the kernel, each on a new state with the session, task
 * and words of its principal, and the allow rules that no case covers.
 */
export function runCases({ pact, documents }: LoadedPact): CaseReport {
  const cases = documents.flatMap((document) => document.cases);
  const covered = new Set<RuleId>();
  const results = cases.map((each) => {
    const { tool, args, session, task, principalText } = each;
    const trial = { tool: tool.value, args, session, task, principalText };
    const decision = tryAction(pact, { ...trial, principal: 'principal', facts: {} });
    const result = resultOf(each, decision);
    if (result.why === null) for (const rule of decision.charges) covered.add(rule);
    return result;
  });
  const uncovered = documents
    .flatMap((document) => document.allow)
    .filter(({ id, mode }) => mode === 'enforce' && !covered.has(id))
    .map(({ id, place }) => ({ id, place }));
  return { results, uncovered };
}

function resultOf(each: CaseDocument, decision: Decision): CaseResult {
  const { id, place, expect: expected } = each;
  const actual = decision.verdict.kind;
  const rules = rulesOf(decision);
  return { id, place, expected, actual, rules, why: whyOf(each, decision, rules) };
}

function rulesOf({ because, charges, verdict }: Decision): readonly RuleId[] {
  const isLet = verdict.kind === 'allow' || verdict.kind === 'modify';
  const deciding = because.filter(
    ({ kind, observed }) => kind === verdict.kind && observed !== true,
  );
  const named = deciding.map(({ rule }) => rule);
  return [...new Set(isLet ? [...charges, ...named] : named)];
}

function whyOf(
  each: CaseDocument,
  { verdict, because }: Decision,
  rules: readonly RuleId[],
): string | null {
  const by = rules.map((rule) => `\`${rule}\``).join(', ');
  if (verdict.kind !== each.expect) {
    const say = because.find(({ kind }) => kind === verdict.kind)?.say ?? '';
    const said = say === '' ? '' : `: ${say}`;
    return `expected ${each.expect}, got ${verdict.kind} by ${by === '' ? 'no rule' : by}${said}`;
  }
  if (each.rule === null || rules.includes(each.rule.value)) return null;
  return `expected rule \`${each.rule.value}\` to decide, but it was ${by === '' ? 'none' : by}`;
}
