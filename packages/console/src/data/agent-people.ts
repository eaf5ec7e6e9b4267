import { type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import type { LiveRow } from './live-message.ts';
import { useLiveQuery } from './use-live.ts';
import { type Order, useOrder } from './use-order.ts';

/** What waits for a person at one agent. */
export type WaitingRow = {
  readonly kind: 'action' | 'pact' | 'gate' | 'undo' | 'tool';
  readonly id: string;
  readonly askedAt: number | null;
  /** The tool that it is about, where it is about one. */
  readonly tool: string | null;
};

/** A gate that is shut. */
export type GateRow = Answer<'/api/v1/agents/{agent}/gates'>['rows'][number];

/** Something no agent may touch for now. */
export type LockRow = Answer<'/api/v1/agents/{agent}/locks'>['rows'][number];

/** A review of what an agent is after. */
export type ReviewRow = Answer<'/api/v1/agents/{agent}/reviews'>['rows'][number];

/** What people are asked and have said about one agent. */
export type AgentPeople = {
  readonly waiting: readonly WaitingRow[];
  readonly gates: readonly GateRow[];
  readonly locks: readonly LockRow[];
  readonly reviews: readonly ReviewRow[];
};

/** What waits for people at one agent, and what they have shut. */
export function useAgentPeople(agent: string): UseQueryResult<AgentPeople> {
  return useLiveQuery({
    key: ['agent-people', agent],
    ask: (signal) => askPeople(agent, signal),
    isTouchedBy: (row) => isAbout(agent, row),
  });
}

const CHANGES: ReadonlySet<string> = new Set([
  'decided',
  'vote',
  'approval',
  'finding',
  'gate',
  'halt',
  'resume',
  'session_closed',
  'armed',
]);
const BEGINNINGS = ['lock', 'unlock', 'node_', 'fleet_', 'pact_', 'tool_', 'review_', 'undo_'];

function isAbout(agent: string, { agent: of, kind }: LiveRow): boolean {
  if (of !== agent && of !== null) return false;
  return CHANGES.has(kind) || BEGINNINGS.some((beginning) => kind.startsWith(beginning));
}

async function askPeople(agent: string, signal: AbortSignal): Promise<AgentPeople> {
  const params = { path: { agent } };
  const pending = { params: { query: { agent, state: 'pending' as const, limit: '200' } }, signal };
  const [waiting, gates, locks, reviews] = await Promise.all([
    api.GET('/api/v1/approvals', pending),
    api.GET('/api/v1/agents/{agent}/gates', { params, signal }),
    api.GET('/api/v1/agents/{agent}/locks', { params, signal }),
    api.GET('/api/v1/agents/{agent}/reviews', { params, signal }),
  ]);
  return {
    waiting: bodyOf(waiting).rows.map((row) => ({
      kind: row.kind,
      id: row.id,
      askedAt: 'askedAt' in row ? row.askedAt : null,
      tool: 'tool' in row ? row.tool : null,
    })),
    gates: bodyOf(gates).rows,
    locks: bodyOf(locks).rows,
    reviews: bodyOf(reviews).rows.filter(({ closedAt }) => closedAt === null),
  };
}

/** A person's word on a gate: opened, or kept shut for good. */
export type GateWord = {
  readonly category: string;
  readonly session: string | null;
  readonly outcome: 'opened' | 'kept';
  readonly reason: string;
};

/** Decides about a gate that is shut. */
export function useDecideGate(agent: string): Order<{ readonly next: string }, GateWord> {
  return useOrder(async ({ category, ...body }) => {
    const params = { path: { agent, category } };
    return bodyOf(await api.POST('/api/v1/agents/{agent}/gates/{category}', { params, body }));
  });
}
