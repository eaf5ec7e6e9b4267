import type { UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';

/** What the node keeps, and how much of it there is. */
export type Kept = Answer<'/api/v1/retention'>;

const CHANGES: ReadonlySet<string> = new Set(['erasure', 'rolled', 'continues', 'heartbeat']);

/** What is kept how long; asked again as the log grows. */
export function useRetention(): UseQueryResult<Kept> {
  return useLiveQuery({
    key: ['retention'],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/retention', { signal })),
    isTouchedBy: ({ kind }) => CHANGES.has(kind),
  });
}
