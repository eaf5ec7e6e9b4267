import type { Json, JsonObject, OutcomeStatus } from '@plumbline/core';

import { undoerOf } from '../../guard/undo-agent.ts';
import { fromGuard, refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import { ELSEWHERE, nextStep } from './run-set.ts';
import { beginStep, endStep, type TakingNeeds, whoCalls } from './take-step.ts';
import type { UndoSet, UndoStep } from './undo-types.ts';

/** An action that an enforcement point does now, once, and reports. */
export type TakenStep = {
  readonly undo: string;
  readonly n: number;
  readonly decision: string;
  readonly tool: string;
  readonly args: JsonObject;
};

/** What became of one. */
export type StepReport = {
  readonly undo: string;
  readonly n: number;
  readonly status: OutcomeStatus;
  readonly result: Json;
};

/** Gives an enforcement point the next action of a set, if it is for it; null: it is not. */
export async function takeStep(needs: TakingNeeds, set: UndoSet): Promise<TakenStep | null> {
  const next = nextStep(set, new Set());
  if (next.kind !== 'step') return null;
  const { step } = next;
  // What waits for anything else is asked about again when a person runs the set again.
  const isOffered = step.state === 'waiting' && step.why === ELSEWHERE;
  if (!isOffered || whoCalls(needs, set, step) === 'daemon') return null;
  const begun = await beginStep(needs, { set, step });
  if (begun === null) return null;
  const { answer, token } = begun;
  const redeemed = needs.guard.redeem({ agent: undoerOf(set.agent), token });
  if (!redeemed.ok) {
    await endStep(needs, { set, step }, { status: 'not_sent', why: redeemed.error.message });
    return null;
  }
  const { undo } = set;
  const { n, tool } = step;
  return { undo, n, decision: answer.decision, tool, args: redeemed.value.args };
}

/** Records what became of an action that an enforcement point took. */
export async function reportStep(
  needs: TakingNeeds,
  set: UndoSet,
  { n, status, result }: StepReport,
): Promise<Served<undefined>> {
  const known = await knownStep(needs, set, n);
  if (!known.ok) return known;
  const { step, decision, session } = known.value;
  if (whoCalls(needs, set, step) === 'daemon') {
    const what = `the daemon makes action ${n} of \`${set.undo}\` itself`;
    return refused('conflict', `${what}: nobody else reports it`);
  }
  const report = { agent: set.agent, session, decision, status, result, records: null };
  const recorded = fromGuard(await needs.undo.outcome(report));
  if (!recorded.ok) return recorded;
  await endStep(needs, { set, step }, { status, why: `it was reported as \`${status}\`` });
  return served(undefined);
}

/** Takes a person's word for what became of an action of which nobody knows. */
export async function settleStep(
  needs: TakingNeeds,
  set: UndoSet,
  { n, done, by }: { readonly n: number; readonly done: boolean; readonly by: string },
): Promise<Served<undefined>> {
  const known = await knownStep(needs, set, n);
  if (!known.ok) return known;
  const { step, decision, session } = known.value;
  const status = done ? 'ok' : 'not_sent';
  // A session that has ended takes no outcome any more; the person's word counts all the same.
  const report = { agent: set.agent, session, decision, status, result: null, records: null };
  await needs.undo.outcome({ ...report, status });
  await endStep(needs, { set, step }, { status, why: 'a person says that it was not done', by });
  return served(undefined);
}

type Known = { readonly step: UndoStep; readonly decision: string; readonly session: string };

/** Returns an action that was begun and has no end yet. */
async function knownStep(
  { models, caughtUp }: TakingNeeds,
  set: UndoSet,
  n: number,
): Promise<Served<Known>> {
  const step = set.steps.find((each) => each.n === n);
  if (step === undefined) return refused('not-found', `\`${set.undo}\` has no action ${n}`);
  const { state, compensating } = step;
  if ((state !== 'began' && state !== 'unknown') || compensating === null) {
    return refused('conflict', `action ${n} of \`${set.undo}\` is ${state}: its end is known`);
  }
  await caughtUp();
  const session = (await models.decision(compensating))?.session;
  if (session === undefined)
    return refused('not-found', `there is no decision \`${compensating}\``);
  return served({ step, decision: compensating, session });
}
