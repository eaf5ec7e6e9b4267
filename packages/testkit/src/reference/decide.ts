import {
  type Action,
  type CompiledPact,
  type Decision,
  type Event,
  type Fact,
  type Finding,
  type Layer,
  type Obligation,
  type Stage,
  type Verdict,
} from '@plumbline/core';

import { countingApprovals, discharges, isDenied } from './approvals.ts';
import { needsOf, spentFor } from './claims.ts';
import { countingEvents, openSession } from './history.ts';
import { taintedOutcomes } from './labels.ts';
import { lettingThrough } from './letting-through.ts';
import { rewrite } from './rewrite.ts';
import * as access from './stages-access.ts';
import * as content from './stages-content.ts';
import * as memory from './stages-history.ts';
import * as rules from './stages-rules.ts';
import { freshFacts, subjectOf } from './subject.ts';
import { denial, firstDeferredAt, matchRule, type Turn } from './turn.ts';

/** What the reference decides: a decision without its read set. */
export type ReferenceDecision = Omit<Decision, 'readSet'>;

/** One action to decide, with everything that happened before, oldest first. */
export type Case = {
  readonly pact: CompiledPact;
  readonly events: readonly Event[];
  readonly action: Action;
  readonly facts: readonly Fact[];
  readonly now: number;
};

/** The lattice, least restrictive first. */
const lattice = ['allow', 'modify', 'step_up', 'defer', 'deny'] as const;

/** The stages in the order of the specification. */
const order: readonly Stage[] = [
  ...(['halted', 'session', 'unlisted', 'excluded', 'protected', 'authority'] as const),
  ...(['autonomy', 'task', 'sources', 'flows', 'rule_of_two', 'limits', 'gates'] as const),
  ...(['duplicates', 'bulk', 'persistence', 'locks', 'dormant', 'checkpoints'] as const),
  ...(['step_up', 'defer', 'modify', 'allow'] as const),
];

/** The rules whose finding alerts a person. */
const alarms: readonly string[] = ['unlisted', 'protected:evaluator'];

type LayerStage = (turn: Turn, layer: Layer) => readonly Finding[];

const layerStages: { readonly [stage in Stage]?: LayerStage } = {
  unlisted: access.unlisted,
  excluded: access.excluded,
  authority: access.authority,
  autonomy: access.autonomy,
  task: access.task,
  sources: content.sources,
  flows: content.flows,
  rule_of_two: content.ruleOfTwo,
  limits: rules.limits,
  duplicates: memory.duplicates,
  bulk: memory.bulk,
  persistence: memory.persistence,
  dormant: memory.dormant,
  checkpoints: rules.checkpoints,
  step_up: rules.stepUps,
  defer: rules.defers,
  modify: rules.modifies,
  allow: rules.allows,
};

const pactStages: { readonly [stage in Stage]?: (turn: Turn) => readonly Finding[] } = {
  halted: access.halted,
  session: access.presence,
  authority: access.delegation,
  protected: access.protectedThings,
  gates: memory.gates,
  locks: memory.locks,
  step_up: (turn) => (isDenied(turn) ? [denial('step_up', 'approval')] : []),
};

/**
 * Decides one action from the whole list of events, for clarity: nothing is kept between calls.
 *
 * A finding's `say` is empty where the specification does not give its words.
 * Source: spec/decide.md.
 */
export function referenceDecide(given: Case): ReferenceDecision {
  return decideTurn(turnOf(given));
}

/** Returns the stages that find anything in a case, in stage order. */
export function stagesFiring(given: Case): readonly Stage[] {
  const fired = new Set(findingsOf(turnOf(given)).map(({ stage }) => stage));
  return order.filter((stage) => fired.has(stage));
}

function decideTurn(turn: Turn): ReferenceDecision {
  const first = decideOnce(turn);
  if (first.verdict.kind !== 'modify') return first;
  const modifying = turn.pact.layers.flatMap((layer) =>
    layer
      .rulesFor(turn.action.tool)
      .modify.filter((rule) => rule.mode === 'enforce')
      .filter((rule) => matchRule(turn, rule, true).kind === 'matches'),
  );
  const { args, changes } = rewrite(turn, turn.action.args, modifying);
  const rewritten = { ...turn, action: { ...turn.action, args } };
  const second = decideOnce(rewritten);
  const because = first.because.filter(({ observed }) => observed !== true);
  if (second.verdict.kind === 'modify') {
    const finding = denial('modify', 'modify');
    return { ...second, verdict: { kind: 'deny', say: '' }, because: [...because, finding] };
  }
  if (second.verdict.kind !== 'allow') {
    return { ...second, because: [...because, ...second.because] };
  }
  const spends = [...discharging(turn).map(({ id }) => id), ...second.spends];
  const verdict: Verdict = { kind: 'modify', args, rewrites: changes };
  return {
    ...second,
    verdict,
    because: [...because, ...second.because],
    spends: [...new Set(spends)],
    ...granting([...needsOf(turn), ...needsOf(rewritten)]),
  };
}

function turnOf({ pact, events, action, facts, now: clock }: Case): Turn {
  const now = events.reduce((latest, event) => Math.max(latest, event.at), clock);
  const history = countingEvents(events);
  const fresh = freshFacts(pact, facts, now);
  const subject = subjectOf(pact, action.tool, fresh);
  const session = openSession(history, action.session);
  const fits = access.fitsBounds(action.args);
  const seen = fits ? action : { ...action, args: {} };
  const tainted = taintedOutcomes(pact, history);
  return { pact, history, action: seen, fits, facts: fresh, now, session, tainted, subject };
}

/** Returns every finding in stage order, then layer order, then document order. */
export function findingsOf(turn: Turn): readonly Finding[] {
  return order.flatMap((stage) => [
    ...(pactStages[stage]?.(turn) ?? []),
    ...turn.pact.layers.flatMap((layer) => layerStages[stage]?.(turn, layer) ?? []),
  ]);
}

function decideOnce(turn: Turn): ReferenceDecision {
  const findings = findingsOf(turn);
  const approvals = discharging(turn);
  const isGone = (finding: Finding): boolean =>
    finding.kind === 'step_up' && approvals.some((approval) => discharges(approval, finding));
  const joined = findings.filter((finding) => !finding.observed && !isGone(finding));
  const kind = lattice.findLast((verdict) => joined.some((f) => f.kind === verdict)) ?? 'deny';
  const winning = joined.filter((finding) => finding.kind === kind);
  const because = findings.filter((f) => winning.includes(f) || f.observed === true);
  const obligations = obligationsOf(turn, findings);
  const at = turn.now;
  if (kind !== 'allow') {
    const verdict = verdictOf(turn, kind, winning);
    return { at, verdict, because, charges: [], reserves: [], spends: [], marks: [], obligations };
  }
  const spends = discharging(turn).map(({ id }) => id);
  const spent = { spends, ...granting(needsOf(turn)) };
  return { at, verdict: { kind }, because, ...lettingThrough(turn), ...spent, obligations };
}

/** The claims of single use that are spent; a decision that spends none does not say so. */
function granting(needs: readonly (readonly string[])[]): Pick<Decision, 'grants'> {
  const grants = spentFor(needs);
  return grants.length === 0 ? {} : { grants };
}

/** The approvals that discharge some finding. */
function discharging(turn: Turn): ReturnType<typeof countingApprovals> {
  const asking = findingsOf(turn).filter(({ kind, observed }) => kind === 'step_up' && !observed);
  return countingApprovals(turn).filter((approval) =>
    asking.some((finding) => discharges(approval, finding)),
  );
}

function verdictOf(
  turn: Turn,
  kind: Exclude<Verdict['kind'], 'allow'>,
  winning: readonly Finding[],
): Verdict {
  switch (kind) {
    case 'deny':
      return { kind, say: winning[0]?.say ?? '' };
    case 'defer': {
      const until = [...new Set(winning.flatMap((finding) => finding.until ?? []))];
      const within = Math.min(...winning.map(({ withinMs }) => withinMs ?? Infinity));
      return { kind, until, expiresAtMs: firstDeferredAt(turn) + within };
    }
    case 'step_up':
      return { kind, requirements: winning.flatMap(({ requirement: r }) => (r ? [r] : [])) };
    case 'modify':
      return { kind, args: turn.action.args, rewrites: [] };
    default:
      return kind satisfies never;
  }
}

function obligationsOf(turn: Turn, findings: readonly Finding[]): readonly Obligation[] {
  const raised = findings.flatMap(({ stage, rule }): readonly Obligation[] => [
    ...(alarms.includes(rule) ? [{ kind: 'alert' as const, rule, say: '' }] : []),
    ...(stage === 'authority' ? [{ kind: 'escalate' as const, rule, say: '' }] : []),
  ]);
  const warned = turn.pact.layers.filter((layer) => memory.isWarned(turn, layer));
  const rule = `persistence:${turn.subject.tool.category}`;
  const halting = findings.filter(({ halts }) => halts !== undefined);
  return [
    ...raised,
    ...warned.map(() => ({ kind: 'warn' as const, rule, say: '' })),
    ...halting.map((finding) => ({ kind: 'halt_session' as const, rule: finding.rule, say: '' })),
  ];
}
