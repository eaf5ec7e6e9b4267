import { z } from 'zod';

import type { PackAsked, PackPlan } from '../../services/packs/packs.ts';
import type { Api } from '../api.ts';
import type { Caller } from '../caller.ts';
import { refuseNamed } from '../named-agent.ts';
import { refuse, type Reply } from '../route.ts';
import { agentId, count, sessionId, time } from '../shapes.ts';

/** The most sessions that one request names. */
export const MOST_NAMED = 1_000;

/** What a pack is asked for in a body. */
export const packOrder: z.ZodType<{
  readonly agent?: string | undefined;
  readonly sessions?: readonly string[] | undefined;
  readonly fromAt?: number | undefined;
  readonly untilAt?: number | undefined;
  readonly opened?: boolean | undefined;
}> = z.strictObject({
  agent: agentId.optional(),
  sessions: z.array(sessionId).min(1).max(MOST_NAMED).optional(),
  fromAt: time.optional(),
  untilAt: time.optional(),
  opened: z.boolean().optional(),
});

/** What a pack would hold. */
export const packPlan: z.ZodType<PackPlan> = z.strictObject({
  // Drills and undoing act under names of their own, which no agent can have.
  agents: z.array(z.string()),
  sessions: count,
  earlier: count,
  entries: count,
  sealed: count,
  bytes: z.strictObject({ closed: count, opened: count }),
});

type Order = z.output<typeof packOrder>;

/** Returns what a body asks for. */
export function askedOf({ agent, sessions, fromAt, untilAt }: Order): PackAsked {
  return {
    agent: agent ?? null,
    sessions: sessions ?? [],
    fromAt: fromAt ?? null,
    untilAt: untilAt ?? null,
  };
}

/** Why the agent of a body cannot be asked for, or that neither one nor sessions are named. */
export function refuseAgent(api: Api, caller: Caller, { agent, sessions }: Order): Reply | null {
  if (agent !== undefined || sessions !== undefined) return refuseNamed(api, caller, agent);
  const detail = 'name an `agent`, or the `sessions` that the pack shall hold';
  return refuse({ code: 'bad-request', detail, at: 'agent' });
}
