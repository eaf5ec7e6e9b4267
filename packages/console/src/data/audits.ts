import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';
import { type Order, useOrder } from './use-order.ts';

/** An audit: how much was drawn of it, and how much was judged. */
export type Audit = Answer<'/api/v1/audits'>['rows'][number];

/** A drawn session that waits for a reviewer. */
export type QueuedItem = Answer<'/api/v1/audits/queue'>['rows'][number];

/** A drawn session, opened without what the agent reported of it. */
export type AuditItem = Answer<'/api/v1/audits/items/{id}'>;

/** The audited accuracy beside what the agent reported. */
export type AuditFigures = Answer<'/api/v1/audits/{id}/figures'>;

/** What a reviewer found of one claim. */
export type Finding = {
  readonly claim: string;
  readonly finding: 'right' | 'wrong' | 'unsure';
  readonly label?: 'should-allow' | 'should-deny' | 'should-ask' | 'wrong-arguments' | 'undone';
  readonly note?: string;
};

/** A reviewer's word on one session, claim by claim. */
export type Judgement = {
  readonly resolved: 'yes' | 'no' | 'unsure';
  readonly claims: readonly Finding[];
  readonly note?: string;
};

const KEY = 'audits';
const KINDS: ReadonlySet<string> = new Set(['audit_begun', 'audit_drawn', 'audit_judged']);

/** Which audits run, what was drawn, how much of it was judged. */
export function useAudits(): UseQueryResult<readonly Audit[]> {
  return useLiveQuery({
    key: [KEY],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/audits', { signal })).rows,
    isTouchedBy: ({ kind }) => KINDS.has(kind),
  });
}

/** The drawn sessions that wait for a reviewer, in no order that tells anything. */
export function useAuditQueue(isAsked: boolean): UseQueryResult<readonly QueuedItem[]> {
  return useLiveQuery({
    key: [KEY, 'queue'],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/audits/queue', { signal })).rows,
    isTouchedBy: ({ kind }) => KINDS.has(kind),
    isAsked,
  });
}

/** One drawn session. That it was read is recorded, so it is asked for once. */
export function useAuditItem(id: string): UseQueryResult<AuditItem> {
  return useQuery({
    queryKey: [KEY, 'items', id],
    queryFn: async ({ signal }) => {
      const params = { path: { id } };
      return bodyOf(await api.GET('/api/v1/audits/items/{id}', { params, signal }));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What an audit comes to; `isPartial` while something of it waits. */
export function useAuditFigures(id: string, isPartial: boolean): UseQueryResult<AuditFigures> {
  const query = isPartial ? { partial: 'true' as const } : {};
  return useLiveQuery({
    key: [KEY, 'figures', id, isPartial],
    ask: async (signal) => {
      const params = { path: { id }, query };
      return bodyOf(await api.GET('/api/v1/audits/{id}/figures', { params, signal }));
    },
    isTouchedBy: ({ kind }) => KINDS.has(kind),
  });
}

/** Records what a reviewer found of one session, once. */
export function useJudge(id: string): Order<unknown, Judgement> {
  return useChange(async ({ claims, ...rest }) => {
    const params = { path: { id } };
    const body = { ...rest, claims: [...claims] };
    return bodyOf(await api.POST('/api/v1/audits/items/{id}/judgement', { params, body }));
  });
}

/** Begins to audit an agent. */
export function useBeginAudit(): Order<unknown, string> {
  return useChange(async (agent) => {
    const params = { path: { agent } };
    return bodyOf(await api.POST('/api/v1/agents/{agent}/audits', { params }));
  });
}

/** Ends the period of an agent's audit, draws from it and begins the next. */
export function useDraw(): Order<Audit, string> {
  return useChange(async (agent) => {
    const params = { path: { agent } };
    return bodyOf(await api.POST('/api/v1/agents/{agent}/audits/draw', { params, body: {} }));
  });
}

function useChange<Given, Made>(give: (given: Given) => Promise<Made>): Order<Made, Given> {
  return useOrder(give, [KEY]);
}
