import { type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { ApiProblem } from './problem.ts';
import type { LiveRow } from './live-message.ts';
import { proofFor, type Proving } from './proofs.ts';
import { useLiveQuery } from './use-live.ts';
import { type Order, useOrder } from './use-order.ts';

/** Something that waits for a person, or did: an action, a pact, a tool, a gate, an undo. */
export type ApprovalRow = Answer<'/api/v1/approvals'>['rows'][number];

/** An action that waits, opened for who decides on it. */
export type OpenedAsk = Answer<'/api/v1/approvals/{id}'>;

/** A seat that is somebody else's for a time. */
export type GivenSeat = Answer<'/api/v1/approval-delegations'>['rows'][number];

/** One person's word, and how they prove a second factor where one is asked for. */
export type Word = {
  readonly outcome: 'approve' | 'deny';
  readonly reason: string;
  readonly proving: Proving | null;
  /** Equal actions that are decided along, each with its own reason. */
  readonly along: readonly (readonly [approval: string, reason: string])[];
};

const MOST_LISTED = '500';
const KEY = 'approvals';

// What an ask is read for is recorded as well; asking again because of that would never end.
const CHANGES: ReadonlySet<string> = new Set([
  'vote',
  'approval',
  'decided',
  'armed',
  'halt',
  'fleet_halted',
  'session_closed',
  'finding',
  'erasure',
]);
const LISTED_TOO: ReadonlySet<string> = new Set([
  'pact_proposed',
  'pact_published',
  'pact_withdrawn',
  'tool_pinned',
  'tool_quarantined',
  'gate',
  'undo_asked',
  'undo_voted',
  'undo_ended',
]);

function touchesList({ kind }: LiveRow): boolean {
  return CHANGES.has(kind) || LISTED_TOO.has(kind);
}

/** What waits for people, and what did. */
export function useApprovals(): UseQueryResult<readonly ApprovalRow[]> {
  const query = { limit: MOST_LISTED };
  return useLiveQuery({
    key: [KEY],
    ask: async (signal) => {
      return bodyOf(await api.GET('/api/v1/approvals', { params: { query }, signal })).rows;
    },
    isTouchedBy: touchesList,
  });
}

/** One action that waits, with all an approver needs. That it was read is recorded. */
export function useApproval(id: string): UseQueryResult<OpenedAsk> {
  const params = { path: { id } };
  return useLiveQuery({
    key: [KEY, id],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/approvals/{id}', { params, signal })),
    isTouchedBy: ({ kind }) => CHANGES.has(kind),
  });
}

/** Votes on one action. What came of it, or in between, is asked for again either way. */
export function useVote(id: string): Order<unknown, Word> {
  return useOrder(
    ({ proving, along, ...word }) =>
      along.length === 0
        ? castVote(id, word, proving)
        : castVotes(word.outcome, [[id, word.reason], ...along], proving),
    [KEY],
  );
}

async function castVote(
  id: string,
  word: { readonly outcome: Word['outcome']; readonly reason: string },
  proving: Proving | null,
): Promise<unknown> {
  const proof = await proofFor(proving, { path: `/api/v1/approvals/${id}/votes`, body: word });
  const body = { ...word, ...(proof === undefined ? {} : { proof }) };
  const params = { path: { id } };
  return bodyOf(await api.POST('/api/v1/approvals/{id}/votes', { params, body }));
}

/** Several at once: each is judged by itself, and the first that was refused is said. */
async function castVotes(
  outcome: Word['outcome'],
  reasons: Word['along'],
  proving: Proving | null,
): Promise<unknown> {
  const path = '/api/v1/approvals/votes';
  const votes = reasons.map(([approval, reason]) => ({ approval, outcome, reason }));
  const proof = await proofFor(proving, { path, body: { votes } });
  const body = { votes, ...(proof === undefined ? {} : { proof }) };
  const { results } = bodyOf(await api.POST(path, { body }));
  for (const result of results) {
    if (result.ok) continue;
    const { id, code, detail } = result;
    throw new ApiProblem({ code, status: 409 }, `${id}: ${detail}`, path);
  }
  return results;
}

const SEATS = ['seats'] as const;

/** The seats that are somebody else's now. */
export function useSeats(isAsked: boolean): UseQueryResult<readonly GivenSeat[]> {
  return useLiveQuery({
    key: SEATS,
    ask: async (signal) => bodyOf(await api.GET('/api/v1/approval-delegations', { signal })).rows,
    isTouchedBy: ({ kind }) => kind === 'seat_given' || kind === 'seat_returned',
    isAsked,
  });
}

/** Gives one's own seat to another person for a time. */
export function useGiveSeat(): Order<unknown, { readonly to: string; readonly untilMs: number }> {
  return useOrder(
    async (body) => bodyOf(await api.POST('/api/v1/approval-delegations', { body })),
    SEATS,
  );
}

/** Takes a seat back. */
export function useReturnSeat(): Order<unknown, string> {
  return useOrder(async (id) => {
    const params = { path: { id } };
    return bodyOf(await api.DELETE('/api/v1/approval-delegations/{id}', { params }));
  }, SEATS);
}
