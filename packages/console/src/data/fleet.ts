import type { UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';

/** How one agent stands. */
export type FleetAgent = Answer<'/api/v1/agents'>['rows'][number];

/** Every agent this person sees. */
export function useFleet(): UseQueryResult<readonly FleetAgent[]> {
  return useLiveQuery({
    key: ['fleet'],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/agents', { signal })).rows,
    isTouchedBy: () => true,
  });
}
