import type { UseQueryResult } from '@tanstack/react-query';
import { useCallback } from 'react';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';

/** How every agent stands, in one answer. */
export type Overview = Answer<'/api/v1/overview'>;

/** How one agent stands. */
export type FleetAgent = Overview['rows'][number];

/** How every agent this person sees stands, and what is halted beyond single agents. */
export function useOverview(): UseQueryResult<Overview> {
  return useOverviewPart(whole);
}

/** Every agent this person sees. */
export function useFleet(): UseQueryResult<readonly FleetAgent[]> {
  return useOverviewPart(agentsOf);
}

/** How one agent stands, or null where there is none of that name. */
export function useFleetAgent(name: string): UseQueryResult<FleetAgent | null> {
  const find = useCallback(
    ({ rows }: Overview) => rows.find(({ agent }) => agent === name) ?? null,
    [name],
  );
  return useOverviewPart(find);
}

// The same function each time: a part is made again only where the answer is another.
const whole = (overview: Overview): Overview => overview;
const agentsOf = ({ rows }: Overview): readonly FleetAgent[] => rows;

function useOverviewPart<Part>(select: (overview: Overview) => Part): UseQueryResult<Part> {
  return useLiveQuery({
    key: ['overview'],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/overview', { signal })),
    isTouchedBy: () => true,
    select,
  });
}
