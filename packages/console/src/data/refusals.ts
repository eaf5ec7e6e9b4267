import type { UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';

/** One decision that refused a call. */
export type Refusal = Answer<'/api/v1/events'>['rows'][number];

const LOOKED_AT = 200;

/** The last refusals of all agents, newest first: those among the last decisions. */
export function useRefusals(most: number): UseQueryResult<readonly Refusal[]> {
  return useLiveQuery({
    key: ['refusals', most],
    ask: async (signal) => {
      const query = { kind: 'decided', limit: String(LOOKED_AT) } as const;
      const { rows } = bodyOf(await api.GET('/api/v1/events', { params: { query }, signal }));
      return rows.filter(({ verdict }) => verdict === 'deny').slice(0, most);
    },
    isTouchedBy: ({ kind }) => kind === 'decided',
  });
}
