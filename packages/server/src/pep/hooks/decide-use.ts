import { setTimeout as sleep } from 'node:timers/promises';

import { canonical } from '@plumbline/core';

import type { ActionRequest, Answer, Guard, Outcome, Refusal } from '../../guard/guard.ts';
import type { Conversation } from './conversations.ts';
import type { HookFlight } from './flight-log.ts';
import type { HookAnswer, ToolUse } from './hook-event.ts';
import { refuse, refusedBy } from './refusal.ts';

/** What deciding takes, and its bounds. */
export type Deciding = {
  readonly guard: Guard;
  readonly nowMs: () => number;
  readonly makeId: () => string;
  /** How often a call that waits is looked at again. */
  readonly pollMs: number;
  /** How many calls may wait at once; the next is refused as pending at once. */
  readonly mostWaiting: number;
  waiting: number;
  /** Nothing is waited for any more: the daemon stops. */
  isStopping: boolean;
};

/** One use of a tool by its name in the pact, and how long it may wait. */
export type AskedUse = {
  readonly use: ToolUse;
  readonly tool: string;
  readonly waitMs: number;
};

const MOST_PENDING = 1_000;

/**
 * Decides one use of a tool. What is let through is redeemed here, in the turn in which it is
 * answered: the client runs the tool when it has the answer.
 */
export async function decideUse(
  deciding: Deciding,
  conversation: Conversation,
  asked: AskedUse,
): Promise<Outcome<HookAnswer>> {
  const { use, tool } = asked;
  const { pending } = conversation;
  const key = canonical({ tool, args: use.args });
  const request = pending.get(key) ?? use.id ?? deciding.makeId();
  const { agent, session } = conversation;
  const action: ActionRequest = { agent, session, request, tool, args: use.args };
  let said = await deciding.guard.decide(action);
  if (isWaiting(said)) {
    remember(pending, key, request);
    said = await waitFor(deciding, { action, first: said, waitMs: asked.waitMs });
  }
  if (!isWaiting(said)) pending.delete(key);
  return said.ok ? letThrough(deciding, conversation, { asked, answer: said.value }) : said;
}

function isWaiting(said: Outcome<Answer>): boolean {
  return said.ok && (said.value.verdict === 'step_up' || said.value.verdict === 'defer');
}

function remember(pending: Map<string, string>, key: string, request: string): void {
  pending.delete(key);
  pending.set(key, request);
  const [oldest] = pending.size > MOST_PENDING ? pending.keys() : [];
  if (oldest !== undefined) pending.delete(oldest);
}

type Waiting = {
  readonly action: ActionRequest;
  readonly first: Outcome<Answer>;
  readonly waitMs: number;
};

// Looking records nothing, deciding does: it is decided again only when looking says that it helps.
async function waitFor(deciding: Deciding, waiting: Waiting): Promise<Outcome<Answer>> {
  if (deciding.waiting >= deciding.mostWaiting) return waiting.first;
  deciding.waiting += 1;
  try {
    return await looked(deciding, waiting);
  } finally {
    deciding.waiting -= 1;
  }
}

async function looked(
  deciding: Deciding,
  { action, first, waitMs }: Waiting,
): Promise<Outcome<Answer>> {
  const { guard, nowMs, pollMs } = deciding;
  const until = nowMs() + waitMs;
  let said = first;
  while (isWaiting(said) && nowMs() < until && !deciding.isStopping) {
    await sleep(Math.max(1, Math.min(pollMs, until - nowMs())));
    const { request: _, ...dry } = action;
    const seen = await guard.evaluate(dry);
    const kind = seen.ok ? seen.value.decision.verdict.kind : null;
    if (kind === 'step_up' || kind === 'defer') continue;
    said = await guard.decide(action);
  }
  return said;
}

async function letThrough(
  { guard, nowMs }: Deciding,
  { agent, session, flights }: Conversation,
  { asked, answer }: { readonly asked: AskedUse; readonly answer: Answer },
): Promise<Outcome<HookAnswer>> {
  const { verdict, permit, args, decision, isRepeat } = answer;
  const isLetThrough = verdict === 'allow' || verdict === 'modify';
  if (!isLetThrough || permit === null || args === null) {
    return { ok: true, value: refusedBy(answer, isRepeat) };
  }
  const of = { agent, session, result: null, records: null };
  if (answer.route?.side === 'staging') {
    await guard.outcome({ ...of, decision, status: 'not_sent' });
    const why = 'it is staged, and a client that runs its tools itself cannot send it there';
    return { ok: true, value: refuse(why) };
  }
  const redeemed = guard.redeem({ agent, token: permit.token });
  if (!redeemed.ok) return { ok: true, value: notRedeemed(answer, redeemed.error) };
  const { id, by, args: proposed } = asked.use;
  const { tool } = asked;
  const allowed = verdict === 'modify' ? [proposed, args] : [proposed];
  const flight: HookFlight = {
    decision,
    id,
    tool,
    args: allowed,
    by,
    sinceMs: nowMs(),
    isUnknown: false,
  };
  for (const lost of flights.add(flight)) {
    void guard.outcome({ ...of, decision: lost.decision, status: 'unknown' });
  }
  return {
    ok: true,
    value: verdict === 'modify' ? { kind: 'rewrite', args } : { kind: 'pass' },
  };
}

function notRedeemed(answer: Answer, { code, message }: Refusal): HookAnswer {
  return code === 'permit-used'
    ? refusedBy(answer, true)
    : refuse(`it may not be done any more: ${message}`);
}
