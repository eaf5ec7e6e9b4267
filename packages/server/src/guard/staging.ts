import {
  type Action,
  isStaged,
  judgeChecks,
  judgeStaging,
  type JsonObject,
  lostIn,
  nextPhase,
  phaseOf,
  type Route,
  routeOf,
  type StagingBookPhase,
  type StagingMove,
  type StagingPhase,
  type StagingRule,
  type StagingVerdict,
} from '@plumbline/core';

import { LedgerStopped } from '../ledger/sequencer.ts';
import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import type { LiveAgent } from './live-agent.ts';
import { isProbe } from './probe.ts';
import { done, refuse } from './refusal.ts';
import type { ChangedStaging, StagingChange, StagingView } from './staging-types.ts';
import { durably, findAgent, momentOf, recordNote } from './turn.ts';

const BY_ITSELF = 'plumbline';

type Standing = {
  readonly pact: string;
  readonly rule: StagingRule;
  readonly phase: StagingBookPhase;
};

function standingOf(desk: Desk, live: LiveAgent): Standing | null {
  const { pact, staging } = live;
  if (pact === null || pact.staging === null || isProbe(live.agent)) return null;
  const of = { pact: pact.digest, nowMs: momentOf(desk, live) };
  return { pact: pact.digest, rule: pact.staging, phase: phaseOf(staging, pact.staging, of) };
}

/**
 * Returns where an action goes, or null where its tool is not staged. What is due by now is settled
 * first. Throws what the recorder throws.
 */
export function routeFor(desk: Desk, live: LiveAgent, action: Action): Route | null {
  const rule = live.pact?.staging ?? null;
  if (rule === null || !isStaged(rule, action.tool)) return null;
  settleStaging(desk, live);
  const standing = standingOf(desk, live);
  if (standing === null) return null;
  const { pact, phase } = standing;
  return routeOf(rule, phase.phase, { pact, session: action.session });
}

/** Promotes or takes back what is due. Throws what the recorder throws. */
export function settleStaging(desk: Desk, live: LiveAgent): void {
  const standing = standingOf(desk, live);
  if (standing === null) return;
  const { rule, phase } = standing;
  const nowMs = momentOf(desk, live);
  const move = judgeStaging(rule, phase, { nowMs, lost: lostIn(live.staging, nowMs) });
  if (move === null) return;
  const by = { by: BY_ITSELF, reason: null };
  const open = movedOpen(standing, { ...move, ...by });
  recordNote(desk, live, { kind: 'staging_moved', open });
}

/** As above, beside something that stands without it: what is left is for the next decision. */
export function settleIfTaken(desk: Desk, live: LiveAgent): void {
  try {
    settleStaging(desk, live);
  } catch (error) {
    if (!(error instanceof LedgerStopped)) throw error;
  }
}

function movedOpen(
  { pact, phase }: Standing,
  move: StagingMove & {
    readonly by: string;
    readonly reason: string | null;
    readonly held?: boolean;
    readonly restart?: boolean;
  },
): JsonObject {
  const { to, checks, by, reason, held = false, restart = false } = move;
  const shown = checks.map((check) => ({ ...check }));
  return { pact, from: phase.phase, to, held, restart, by, reason, checks: shown };
}

/** Returns how an agent's staged actions stand. */
export function viewStaging(desk: Desk, agent: string): StagingView | null | undefined {
  const live = isProbe(agent) ? undefined : desk.agents.get(agent);
  if (live === undefined) return undefined;
  const standing = standingOf(desk, live);
  if (standing === null) return null;
  const { pact, rule, phase } = standing;
  const next = nextPhase(rule, phase.phase);
  return {
    agent,
    pact,
    tools: rule.tools,
    upstream: rule.upstream,
    share: rule.share,
    phase: phase.phase,
    isHeld: phase.isHeld,
    since: phase.sinceMs,
    by: phase.by,
    dueAt: next === null ? null : phase.sinceMs + rule.promoteAfterMs,
    next,
    checks: next === null ? [] : checksOf(desk, live, standing),
  };
}

/** Changes how an agent's staged actions stand, as a person says. */
export async function changeStaging(
  desk: Desk,
  of: StagingChange,
): Promise<Outcome<ChangedStaging>> {
  const found = findAgent(desk, of.agent);
  if (!found.ok) return found;
  const live = found.value;
  return durably(desk, () => {
    settleStaging(desk, live);
    const standing = standingOf(desk, live);
    if (standing === null) {
      return refuse('not-found', `the armed pact of \`${of.agent}\` stages nothing`);
    }
    const aim = aimOf(standing, of);
    if (!aim.ok) return aim;
    const { to, held, restart } = aim.value;
    const checks = checksOf(desk, live, standing);
    const said = { to, held, restart, checks, by: of.by, reason: of.reason };
    const written = recordNote(desk, live, {
      kind: 'staging_moved',
      open: movedOpen(standing, said),
    });
    return done({ ...written, phase: to, isHeld: held });
  });
}

function checksOf(
  desk: Desk,
  live: LiveAgent,
  { rule, phase }: Standing,
): readonly StagingVerdict[] {
  return judgeChecks(rule, phase, lostIn(live.staging, momentOf(desk, live)));
}

type Aim = { readonly to: StagingPhase; readonly held: boolean; readonly restart: boolean };

function aimOf({ rule, phase }: Standing, { move }: StagingChange): Outcome<Aim> {
  const { phase: at, isHeld } = phase;
  const next = nextPhase(rule, at);
  switch (move) {
    case 'promote':
      return next === null
        ? refuse('conflict', `\`${at}\` is followed by nothing: restart it to go through it again`)
        : done({ to: next, held: false, restart: false });
    case 'fall-back':
      return at === 'fallen-back'
        ? refuse('conflict', 'it has fallen back already')
        : done({ to: 'fallen-back', held: false, restart: false });
    case 'hold':
      return next === null || isHeld
        ? refuse('conflict', isHeld ? 'it is held already' : `\`${at}\` needs no holding: it stays`)
        : done({ to: at, held: true, restart: false });
    case 'restart':
      return done({ to: rule.begins, held: false, restart: true });
  }
}
