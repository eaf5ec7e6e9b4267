import { type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';
import { type Order, useOrder } from './use-order.ts';

/** How drills of one agent stand. */
export type DrillStanding = Answer<'/api/v1/drills'>['rows'][number];

/** One drill: what was measured, what was practised and what was not. */
export type Drill = Answer<'/api/v1/drills/{id}'>;

const KEY = 'drills';
const KINDS: ReadonlySet<string> = new Set([
  'drill_scheduled',
  'drill_started',
  'drill_done',
  'drill_alert',
  'key_added',
  'key_revoked',
  'agent_added',
  'armed',
]);

/** How drills stand, for each agent. */
export function useDrills(): UseQueryResult<readonly DrillStanding[]> {
  return useLiveQuery({
    key: [KEY],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/drills', { signal })).rows,
    isTouchedBy: ({ kind }) => KINDS.has(kind),
  });
}

/** One drill. */
export function useDrill(id: string): UseQueryResult<Drill> {
  const params = { path: { id } };
  return useLiveQuery({
    key: [KEY, id],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/drills/{id}', { params, signal })),
    isTouchedBy: ({ kind }) => KINDS.has(kind),
  });
}

/** The last drills of one agent, newest first. */
export function useAgentDrills(agent: string): UseQueryResult<readonly Drill[]> {
  const params = { path: { agent } };
  return useLiveQuery({
    key: [KEY, 'of', agent],
    ask: async (signal) =>
      bodyOf(await api.GET('/api/v1/agents/{agent}/drills', { params, signal })).rows,
    isTouchedBy: ({ kind }) => KINDS.has(kind),
  });
}

/** Practises the halt of an agent, and answers once that is recorded. */
export function useRunDrill(agent: string): Order<Drill, void> {
  const params = { path: { agent } };
  return useOrder(
    async () => bodyOf(await api.POST('/api/v1/agents/{agent}/drills', { params })),
    [KEY],
  );
}
