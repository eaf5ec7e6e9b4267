import { isJsonObject, type JsonObject } from '@plumbline/core';
import type { Random } from '@plumbline/testkit';
import { request as send, type Agent } from 'undici';

import { ClientError, type DaemonClient } from '../src/client/daemon-client.ts';

import { text } from './ask-daemon.ts';

/** What workers count together. */
export type HammerCounts = {
  decided: number;
  allowed: number;
  /** Denied by the budget, and by the rate. */
  broke: number;
  rated: number;
  brokered: number;
  redeemed: number;
  returned: number;
  strange: string[];
};

/** One session of a till, and what its worker still has to give back. */
export type HammerSession = {
  readonly till: string;
  readonly session: string;
  /** Decisions that it let through and never forwarded. */
  readonly unused: string[];
  next: number;
};

/** What a worker works with. */
export type HammerTools = {
  readonly client: DaemonClient;
  readonly upstream: string;
  readonly out: Agent;
  readonly dice: Random;
  readonly counts: HammerCounts;
  readonly isOver: () => boolean;
};

/** Pays and rings in one session until the daemon is gone or the round is over. */
export async function hammer(tools: HammerTools, of: HammerSession): Promise<void> {
  try {
    while (!tools.isOver()) await act(tools, of);
  } catch (error) {
    // The daemon was killed under the request; nobody knows what became of it.
    if (!(error instanceof ClientError) || error.code.startsWith('permit-')) throw error;
  }
}

async function act(tools: HammerTools, of: HammerSession): Promise<void> {
  const { dice, counts } = tools;
  await giveBack(tools, of);
  of.next += 1;
  const isPayment = dice.chance(0.7);
  const amount = ((1 + dice.below(400)) / 100).toFixed(2);
  const { till, session } = of;
  const args = isPayment ? { till, amount } : { till };
  const tool = isPayment ? 'till.pay' : 'bell.ring';
  const action = { session, request: `r-${of.next}`, tool, args };
  const said = await post(tools, `agents/${till}/actions/decide`, action);
  counts.decided += 1;
  const { permit, decision, rules } = said;
  if (permit === null || permit === undefined || !isJsonObject(permit)) {
    const because = JSON.stringify(rules);
    if (because === '["budget:pay"]') counts.broke += 1;
    else if (because === '["limit:ring"]') counts.rated += 1;
    else counts.strange.push(JSON.stringify(said));
    return;
  }
  counts.allowed += 1;
  await use(tools, of, { token: text(permit['token']), decision: text(decision), args, tool });
}

type Let = {
  readonly token: string;
  readonly decision: string;
  readonly args: JsonObject;
  readonly tool: string;
};

/** Through the broker, by an enforcement point of its own, or not at all. */
async function use(tools: HammerTools, of: HammerSession, let_: Let): Promise<void> {
  const { dice, counts, out, upstream } = tools;
  const { till, session } = of;
  const { token, decision, args, tool } = let_;
  const way = dice.below(10);
  if (way === 0) {
    of.unused.push(decision);
    return;
  }
  if (way < 6) {
    await post(tools, `agents/${till}/permits/forward`, { token });
    counts.brokered += 1;
    return;
  }
  await post(tools, `agents/${till}/permits/redeem`, { token });
  counts.redeemed += 1;
  const { body } = await send(`${upstream}${tool === 'till.pay' ? '/pay' : '/ring'}`, {
    dispatcher: out,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': decision },
    body: JSON.stringify(args),
  });
  await body.dump();
  const report = { session, decision, status: 'ok', result: null };
  await post(tools, `agents/${till}/outcomes`, report);
}

/** What was let through and never forwarded is given back, also after the daemon was killed. */
async function giveBack(
  tools: HammerTools,
  { till, session, unused }: HammerSession,
): Promise<void> {
  for (let decision = unused[0]; decision !== undefined; decision = unused[0]) {
    const report = { session, decision, status: 'not_sent', result: null };
    try {
      await post(tools, `agents/${till}/outcomes`, report);
      tools.counts.returned += 1;
    } catch (error) {
      // The daemon that took it was killed before it could say so.
      if (!(error instanceof ClientError) || error.code !== 'outcome-known') throw error;
    }
    unused.shift();
  }
}

async function post({ client }: HammerTools, path: string, body: JsonObject): Promise<JsonObject> {
  const said = await client.ask({ method: 'POST', path: `/api/v1/${path}`, body });
  return isJsonObject(said) ? said : {};
}
