import type { UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';

/** One decision that refused a call. */
export type Refusal = Answer<'/api/v1/search'>['rows'][number];

const LOOKED_AT = 200;

/**
 * The last refusals of all agents, newest first. Self-tests, drills and undos are decided beside
 * an agent, under a name with `~`: what is refused there was asked by no agent.
 */
export function useRefusals(most: number): UseQueryResult<readonly Refusal[]> {
  return useLiveQuery({
    key: ['refusals', most],
    ask: async (signal) => {
      const query = { q: 'kind:decided verdict:deny', limit: String(LOOKED_AT) };
      const { rows } = bodyOf(await api.GET('/api/v1/search', { params: { query }, signal }));
      return rows.filter(({ agent }) => agent?.includes('~') !== true).slice(0, most);
    },
    isTouchedBy: ({ kind }) => kind === 'decided',
  });
}
