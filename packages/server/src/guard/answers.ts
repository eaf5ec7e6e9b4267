import type { Ask, Decision, JsonObject, Route, Verdict } from '@plumbline/core';

import type { Answer } from './guard.ts';
import { type AnswerParts, type LiveAgent, whyVoid } from './live-agent.ts';

/** What an answer says beside its decision. */
type AnswerContext = {
  readonly id: string;
  readonly index: number;
  readonly permitId: string | null;
  /** What waits for people since this decision, or an earlier one. */
  readonly ask: Ask | null;
  readonly route: Route | null;
};

/** Returns the parts of an answer that stay as they are. */
export function answerParts(
  decision: Decision,
  { id, index, permitId, ask, route }: AnswerContext,
): AnswerParts {
  const { verdict, because, obligations } = decision;
  const isAsking = verdict.kind === 'step_up';
  const enforced = because.filter(({ observed }) => observed !== true);
  return {
    decision: id,
    index,
    permitId,
    route,
    verdict: verdict.kind,
    say: sayOf(verdict, enforced[0]?.say),
    rules: [...new Set(enforced.map(({ rule }) => rule))],
    requirements: verdict.kind === 'step_up' ? verdict.requirements : [],
    until: verdict.kind === 'defer' ? verdict.until : [],
    approval: isAsking ? (ask?.id ?? null) : null,
    expiresAtMs: deadlineOf(verdict, ask),
    obligations: obligations.map(({ kind, say }) => ({ kind, say })),
  };
}

function deadlineOf(verdict: Verdict, ask: Ask | null): number | null {
  if (verdict.kind === 'step_up') return ask?.expiresAtMs ?? null;
  return verdict.kind === 'defer' ? verdict.expiresAtMs : null;
}

function sayOf(verdict: Verdict, reason: string | undefined): string | null {
  if (verdict.kind === 'deny') return verdict.say;
  return verdict.kind === 'step_up' || verdict.kind === 'defer' ? (reason ?? null) : null;
}

/** Returns the answer as it stands now: with its permit while that is good for something. */
export function answerOf(live: LiveAgent, parts: AnswerParts, isRepeat: boolean): Answer {
  const { permitId, ...rest } = parts;
  const current =
    permitId === null ? null : live.permits.current(permitId, (permit) => whyVoid(live, permit));
  return { ...rest, permit: current?.given ?? null, args: current?.args ?? null, isRepeat };
}

/** Returns the arguments to act with, or null when the verdict lets nothing through. */
export function argsToActWith(verdict: Verdict, proposed: JsonObject): JsonObject | null {
  if (verdict.kind === 'allow') return proposed;
  return verdict.kind === 'modify' ? verdict.args : null;
}
