import { type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';
import { type Order, useOrder } from './use-order.ts';

/** How far an agent's staged actions have come. */
export type Staging = NonNullable<Answer<'/api/v1/agents/{agent}/staging'>['staging']>;

/** How an agent's staged actions stand; null: its pact stages nothing. */
export function useStaging(agent: string): UseQueryResult<Staging | null> {
  return useLiveQuery({
    key: ['staging', agent],
    ask: async (signal) => {
      const params = { path: { agent } };
      return bodyOf(await api.GET('/api/v1/agents/{agent}/staging', { params, signal })).staging;
    },
    isTouchedBy: (row) => row.agent === agent,
  });
}

/** What a person lets happen to staged actions. */
export type StagingOrder = {
  readonly move: 'promote' | 'restart' | 'fall-back' | 'hold';
  readonly reason: string;
};

/** Moves staged actions on, back, or keeps them where they are. */
export function useStagingOrder(agent: string): Order<{ readonly phase: string }, StagingOrder> {
  return useOrder(async ({ move, reason }) => {
    const params = { path: { agent } };
    if (move === 'promote' || move === 'restart') {
      const path = '/api/v1/agents/{agent}/staging/promote';
      return bodyOf(await api.POST(path, { params, body: { move, reason } }));
    }
    const path = '/api/v1/agents/{agent}/staging/take-back';
    return bodyOf(await api.POST(path, { params, body: { move, reason } }));
  });
}
