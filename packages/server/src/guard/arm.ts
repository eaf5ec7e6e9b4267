import { type CompiledPact, noteStaging } from '@plumbline/core';

import type { Desk } from './desk.ts';
import type { Outcome } from './guard.ts';
import { payDebts } from './halts/latch.ts';
import { latchWideIn } from './halts/restore-halts.ts';
import { voidGiven } from './halts/void-given.ts';
import { isInstanceOf } from './instance.ts';
import { freshAgent, type LiveAgent } from './live-agent.ts';
import { askAllAgain } from './reask.ts';
import { inheritLocks } from './locks.ts';
import { done, refuse } from './refusal.ts';
import { selfTest } from './self-test.ts';
import { shadowOf } from './shadow.ts';
import { durably, findAgent, momentOf, recordEvent, recordNote, type Recorded } from './turn.ts';

const AGENT = /^[a-z][a-z0-9-]{0,62}$/;

/** Adds an agent without a pact. */
export async function addAgent(desk: Desk, agent: string, by: string): Promise<Outcome<Recorded>> {
  if (desk.stopped !== null) return refuse('unavailable', desk.stopped);
  if (!AGENT.test(agent)) {
    return refuse('bad-request', `\`${agent}\` is no agent's name: use a-z, 0-9 and hyphens`);
  }
  if (desk.agents.has(agent)) return refuse('conflict', `agent \`${agent}\` is there already`);
  const live = freshAgent(agent, desk.parts.clocks);
  return durably(desk, () => {
    const added = recordNote(desk, live, { kind: 'agent_added', open: { by } });
    desk.agents.set(agent, live);
    latchWideIn(desk, live);
    payDebts(desk);
    const { durable } = inheritLocks(desk, live) ?? added;
    return done({ index: added.index, durable });
  });
}

/** Tests a pact and arms it; of several at once, one after the other. */
export async function armPact(
  desk: Desk,
  agent: string,
  pact: CompiledPact,
): Promise<Outcome<Recorded>> {
  const found = findAgent(desk, agent);
  if (!found.ok) return found;
  if (!isInstanceOf(agent, pact)) return refuse('bad-request', notOf(pact));
  return inTurn(found.value, async () => {
    const tested = await selfTest(desk, found.value, pact);
    if (!tested.ok) return tested;
    const armed = await durably(desk, () => armTurn(desk, found.value, pact));
    if (armed.ok) await askAllAgain(desk, found.value);
    return armed;
  });
}

function armTurn(
  desk: Desk,
  live: LiveAgent,
  pact: CompiledPact,
): Outcome<ReturnType<typeof recordEvent>> {
  const at = momentOf(desk, live);
  const event = { kind: 'armed', at, pact: pact.digest } as const;
  const armed = recordEvent(desk, live, { event });
  live.pact = pact;
  noteStaging(live.staging, pact.staging, { kind: 'armed', at, open: { pact: pact.digest } });
  // The pact of before may be armed again while its permits last.
  live.permits.void(null);
  voidGiven(live, null);
  return done(armed);
}

/** Puts a pact that was armed before the daemon started in force again, once it is tested. */
export async function rearm(
  desk: Desk,
  live: LiveAgent,
  pact: CompiledPact,
): Promise<Outcome<undefined>> {
  return inTurn(live, async () => {
    const tested = await selfTest(desk, live, pact);
    if (!tested.ok || live.state.pact !== pact.digest) return tested;
    live.pact = pact;
    await askAllAgain(desk, live);
    return tested;
  });
}

/** Runs a second pact beside the armed one from now on; null ends that. */
export function shadowPact(
  desk: Desk,
  agent: string,
  pact: CompiledPact | null,
): Outcome<undefined> {
  const found = findAgent(desk, agent);
  if (!found.ok) return found;
  const live = found.value;
  if (pact !== null && !isInstanceOf(agent, pact)) return refuse('bad-request', notOf(pact));
  // Asked for again, as after a restart, it goes on from where it was.
  if (pact !== null && live.shadow?.pact.digest === pact.digest) return done(undefined);
  live.shadow = pact === null ? null : shadowOf(pact, live.state);
  return done(undefined);
}

function notOf({ agent }: CompiledPact): string {
  return `the pact is that of \`${agent}\`, which \`${agent}-…\` may run under as well`;
}

async function inTurn<T>(live: LiveAgent, run: () => Promise<T>): Promise<T> {
  const before = live.arming;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  live.arming = promise;
  await before;
  try {
    return await run();
  } finally {
    resolve(undefined);
  }
}
