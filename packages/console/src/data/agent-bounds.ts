import type { UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';

/** One limit or budget of an armed pact, with how much of it is used. */
export type AgentBound = Answer<'/api/v1/agents/{agent}/bounds'>['rows'][number];

const CHANGES: ReadonlySet<string> = new Set([
  'decided',
  'outcome',
  'session_opened',
  'session_closed',
  'armed',
]);

/** How much is used and left of each limit and budget of an agent. */
export function useAgentBounds(agent: string): UseQueryResult<readonly AgentBound[]> {
  return useLiveQuery({
    key: ['agent-bounds', agent],
    ask: async (signal) => {
      const params = { path: { agent } };
      return bodyOf(await api.GET('/api/v1/agents/{agent}/bounds', { params, signal })).rows;
    },
    isTouchedBy: (row) => row.agent === agent && CHANGES.has(row.kind),
  });
}
