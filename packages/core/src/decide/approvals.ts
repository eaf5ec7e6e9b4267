import type { Approval } from '../approval/approval.ts';
import { NOTHING } from './context.ts';
import type { Context } from './context.ts';
import type { Finding } from './verdict.ts';

/** The findings that approvals discharge, and the approvals that do. */
export type Discharges = {
  readonly findings: ReadonlySet<Finding>;
  readonly approvals: readonly string[];
};

const NONE: Discharges = { findings: new Set(), approvals: [] };

type Standing = {
  readonly id: string;
  readonly outcome: Approval['outcome'];
  readonly rules: readonly string[];
  /** How many people approved. */
  readonly people: number;
};

/**
 * Returns which step-up findings the unspent approvals of this exact action discharge: only those
 * whose rule they name, with as many people as its quorum.
 * Source: spec/decide.md, section "Approvals".
 */
export function dischargesOf(context: Context, found: readonly Finding[]): Discharges {
  const standing = standingFor(context).filter(({ outcome }) => outcome === 'approved');
  if (standing.length === 0) return NONE;
  const asked = found.filter(isEnforcedStepUp);
  const used = standing.filter((one) => asked.some((finding) => discharges(one, finding)));
  const findings = asked.filter((finding) => used.some((one) => discharges(one, finding)));
  return { findings: new Set(findings), approvals: used.map(({ id }) => id) };
}

function isEnforcedStepUp({ kind, observed }: Finding): boolean {
  return kind === 'step_up' && observed !== true;
}

function discharges({ rules, people }: Standing, { rule, requirement }: Finding): boolean {
  return rules.includes(rule) && people >= Math.max(1, requirement?.quorum ?? 1);
}

/** Returns the deny of a person who said no to this exact action. */
export function refusedByPerson(context: Context): readonly Finding[] {
  const isRefused = standingFor(context).some(({ outcome }) => outcome === 'denied');
  if (!isRefused) return NOTHING;
  const say = 'a person refused this action';
  return [{ stage: 'step_up', rule: 'approval', kind: 'deny', say }];
}

function standingFor(context: Context): readonly Standing[] {
  return context.reader.look<readonly Standing[]>('approvals', () => {
    if (context.state.approvals.size === 0) return [];
    const all = [...context.state.approvals.values()];
    return all.filter((approval) => stands(context, approval)).map(standingOf);
  });
}

function stands(context: Context, approval: Approval): boolean {
  const { action, pact, now } = context;
  return (
    approval.session === action.session &&
    approval.action === action.digest &&
    approval.pact === pact.digest &&
    now < approval.expiresAtMs
  );
}

function standingOf({ id, outcome, rules, by }: Approval): Standing {
  return { id, outcome, rules, people: new Set(by).size };
}
