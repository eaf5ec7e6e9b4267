import assert from 'node:assert/strict';

import { startUpstream, answerJson, type Received } from './upstream-server.ts';

/** One call that reached the upstream. */
export type Arrived = {
  readonly decision: string;
  readonly till: string;
  /** Null for what moves no money. */
  readonly cents: number | null;
};

/** What an upstream wrote down by itself: every call once, by the decision it was made for. */
export type HammerLedger = {
  readonly url: string;
  readonly arrived: ReadonlyMap<string, Arrived>;
  /** How many calls came for a decision that had come before. There must be none. */
  readonly again: () => number;
  readonly close: () => Promise<void>;
};

/** Starts the upstream that money is paid through. It answers some calls late. */
export async function startHammerLedger(): Promise<HammerLedger> {
  const arrived = new Map<string, Arrived>();
  let again = 0;
  const server = await startUpstream((request, response) => {
    const call = readCall(request);
    if (arrived.has(call.decision)) again += 1;
    arrived.set(call.decision, call);
    server.received.length = 0;
    // Some answers are on their way when the daemon is killed.
    setTimeout(() => answerJson(response, { paid: true }), arrived.size % 3 === 0 ? 30 : 0);
  });
  return { url: server.url, arrived, again: () => again, close: server.close };
}

function readCall({ headers, body, path }: Received): Arrived {
  // The calls are those of the pact beside this file.
  const { till, amount } = JSON.parse(body) as { till: string; amount?: string };
  const decision = headers['idempotency-key'] ?? '';
  assert.match(decision, /^dec_[0-9a-f]{32}$/);
  return { decision, till, cents: path === '/pay' ? centsOf(amount ?? '') : null };
}

/** Returns an amount such as `12.34` in cents. */
export function centsOf(amount: string): number {
  assert.match(amount, /^\d+\.\d\d$/);
  return Number(amount.replace('.', ''));
}
