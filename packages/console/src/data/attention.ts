import type { UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';

/** What waits for people, the most pressing first. */
export type Attention = Answer<'/api/v1/attention'>;

/** One thing that waits. */
export type AttentionRow = Attention['rows'][number];

/** Everything that waits for a person, of what the reader may see. */
export function useAttention(): UseQueryResult<Attention> {
  return useLiveQuery({
    key: ['attention'],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/attention', { signal })),
    // Refusals add up, and whatever is written may be the one that makes them repeated.
    isTouchedBy: () => true,
  });
}
