import { setTimeout as sleep } from 'node:timers/promises';

import { canonical } from '@plumbline/core';

import type { Answer } from '../../guard/guard.ts';
import type { Call } from './call.ts';
import type { Asked, Said } from './enforcement.ts';
import { printRequest } from './message.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import { type Flight, type Relay, refusalOf } from './relay.ts';

/** Either leave to act, or why not. */
export type Decided =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly refusal: Refusal };

const MOST_PENDING = 1_000;
const PROGRESS_MS = 5_000;

/**
 * Decides a call. One that waits for people or for facts is waited for, telling progress where the
 * client asked for it, and then refused as pending: the same call again goes on where it stopped.
 */
export async function decideCall(
  relay: Relay,
  call: Pick<Call, 'tool' | 'args' | 'progressToken'> & Partial<Pick<Call, 'request'>>,
  flight: Pick<Flight, 'isCancelled'>,
): Promise<Decided> {
  const { tool, args } = call;
  const { pending } = relay;
  // Most of the time nothing waits, and no key is needed.
  const known = pending.size === 0 ? undefined : pending.get(keyOf(call));
  const request = known ?? relay.makeId();
  const asked: Asked = { request, tool, args };
  let said = await relay.enforcement.decide(asked);
  if (isWaiting(said)) {
    remember(pending, keyOf(call), request);
    const approval = said.ok ? said.value.approval : null;
    if (call.request !== undefined && approval !== null) relay.steppedUp(call.request.id, approval);
    said = await waitFor(relay, { call, flight, asked, first: said });
  }
  if (pending.size > 0 && !isWaiting(said)) pending.delete(keyOf(call));
  return decidedBy(said, tool);
}

function keyOf({ tool, args }: Pick<Call, 'tool' | 'args'>): string {
  return canonical({ tool, args });
}

function isWaiting(said: Said<Answer>): boolean {
  return said.ok && (said.value.verdict === 'step_up' || said.value.verdict === 'defer');
}

function remember(pending: Map<string, string>, key: string, request: string): void {
  pending.delete(key);
  pending.set(key, request);
  const [oldest] = pending.size > MOST_PENDING ? pending.keys() : [];
  if (oldest !== undefined) pending.delete(oldest);
}

type Waiting = {
  readonly call: Pick<Call, 'progressToken'>;
  readonly flight: Pick<Flight, 'isCancelled'>;
  readonly asked: Asked;
  readonly first: Said<Answer>;
};

// Looking records nothing, deciding does: it is decided again only when looking says that it helps.
async function waitFor(relay: Relay, waiting: Waiting): Promise<Said<Answer>> {
  const { call, flight, asked } = waiting;
  const { waitMs, pollMs } = relay.bounds;
  const until = relay.nowMs() + waitMs;
  let said = waiting.first;
  let told = -Infinity;
  let count = 0;
  const isOver = (): boolean => {
    return flight.isCancelled || relay.state.isServerGone || relay.nowMs() >= until;
  };
  while (isWaiting(said) && !isOver()) {
    if (call.progressToken !== null && relay.nowMs() - told >= PROGRESS_MS) {
      told = relay.nowMs();
      count += 1;
      tellProgress(relay, { token: call.progressToken, count, said });
    }
    await sleep(Math.max(1, Math.min(pollMs, until - relay.nowMs())));
    const stillWaits = await relay.enforcement.isWaiting(asked);
    // The same call may have come again meanwhile: the permit is for whoever still waits.
    if (flight.isCancelled) return said;
    if (stillWaits) continue;
    said = await relay.enforcement.decide(asked);
  }
  return said;
}

function tellProgress(
  { wires }: Relay,
  {
    token,
    count,
    said,
  }: { readonly token: string | number; readonly count: number; readonly said: Said<Answer> },
): void {
  const what = said.ok && said.value.verdict === 'defer' ? 'facts' : 'a person to approve';
  const message = `plumbline waits for ${what}`;
  const params = { progressToken: token, progress: count, message };
  wires.toClient(printRequest('notifications/progress', params));
}

function decidedBy(said: Said<Answer>, tool: string): Decided {
  if (!said.ok) return refused(refusalOf(codeOf(said.code), sayOf(said), { tool }));
  const { verdict, args, permit, say, rules, decision, approval } = said.value;
  if ((verdict === 'allow' || verdict === 'modify') && permit !== null && args !== null) {
    return { ok: true, answer: said.value };
  }
  const of = { tool, decision, rules };
  switch (verdict) {
    case 'step_up':
      return refused(
        refusalOf('approval-pending', say ?? 'a person has to approve this', {
          ...of,
          next: `approval ${approval ?? 'of it'} waits for a person: send the same call again then`,
        }),
      );
    case 'defer':
      return refused(
        refusalOf('deferred', say ?? 'something has to be known first', {
          ...of,
          next: 'send the same call again later',
        }),
      );
    case 'deny':
      return refused(refusalOf('denied', say ?? 'the pact does not allow it', of));
    default:
      return refused(refusalOf('refused', 'the permit is good for nothing any more', of));
  }
}

function refused(refusal: Refusal): Decided {
  return { ok: false, refusal };
}

function codeOf(code: string): RefusalCode {
  switch (code) {
    case 'unavailable':
    case 'not-armed':
    case 'unknown-agent':
    case 'unknown-session':
    case 'session-closed':
      return 'unavailable';
    case 'overloaded':
    case 'rate-limited':
      return 'overloaded';
    case 'too-large':
      return 'too-large';
    default:
      return 'refused';
  }
}

function sayOf({ code, message }: { readonly code: string; readonly message: string }): string {
  return code === 'unavailable'
    ? `nothing can be decided (${message}), so nothing is let through`
    : message;
}
