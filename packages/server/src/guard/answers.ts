import type { Decision, JsonObject, Verdict } from '@plumbline/core';

import type { Answer } from './guard.ts';
import { type AnswerParts, type LiveAgent, whyVoid } from './live-agent.ts';

/** Returns the parts of an answer that stay as they are. */
export function answerParts(
  decision: Decision,
  { id, index, permitId }: { id: string; index: number; permitId: string | null },
): AnswerParts {
  const { verdict, because, obligations } = decision;
  const enforced = because.filter(({ observed }) => observed !== true);
  return {
    decision: id,
    index,
    permitId,
    verdict: verdict.kind,
    say: sayOf(verdict, enforced[0]?.say),
    rules: [...new Set(enforced.map(({ rule }) => rule))],
    requirements: verdict.kind === 'step_up' ? verdict.requirements : [],
    until: verdict.kind === 'defer' ? verdict.until : [],
    expiresAtMs: verdict.kind === 'defer' ? verdict.expiresAtMs : null,
    obligations: obligations.map(({ kind, say }) => ({ kind, say })),
  };
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
