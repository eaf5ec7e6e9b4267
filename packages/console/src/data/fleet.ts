import { useQueryClient, type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';

/** How every agent stands, in one answer. */
export type Overview = Answer<'/api/v1/overview'>;

/** How one agent stands. */
export type FleetAgent = Overview['rows'][number];

/** How every agent this person sees stands, and what is halted beyond single agents. */
export function useOverview(): UseQueryResult<Overview> {
  return useLiveQuery({
    key: KEY,
    ask: async (signal) => bodyOf(await api.GET('/api/v1/overview', { signal })),
    isTouchedBy: () => true,
  });
}

/** The names of every agent this person sees. */
export function useAgentNames(): UseQueryResult<readonly string[]> {
  return useAgents(namesOf);
}

/** The same, those with the most open sessions first, as it was when it was asked. */
export function useBusyAgents(): UseQueryResult<readonly string[]> {
  return useAgents(busyNamesOf);
}

function useAgents<Part>(select: (agents: Agents) => Part): UseQueryResult<Part> {
  return useLiveQuery({
    key: ['agent-names'],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/agents', { signal })),
    isTouchedBy: ({ kind }) => kind === 'agent_added',
    select,
  });
}

type Agents = Answer<'/api/v1/agents'>;

/** How one agent stands, or null where there is none of that name. */
export function useFleetAgent(name: string): UseQueryResult<FleetAgent | null> {
  const client = useQueryClient();
  const params = { query: { agent: name } };
  return useLiveQuery({
    key: [...KEY, name],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/overview', { params, signal })),
    isTouchedBy: ({ agent }) => agent === null || ownerOf(agent) === name,
    select: firstOf,
    // Whoever comes from the fleet has seen how it stands.
    first: () => partOf(client.getQueryData<Overview>(KEY), name),
  });
}

const KEY = ['overview'] as const;

// The same function each time: a part is made again only where the answer is another.
const firstOf = ({ rows }: Overview): FleetAgent | null => rows[0] ?? null;
const namesOf = ({ rows }: Agents): readonly string[] => rows.map(({ agent }) => agent);
const busyNamesOf = ({ rows }: Agents): readonly string[] =>
  namesOf({ rows: rows.toSorted((one, other) => other.openSessions - one.openSessions) });

/** What is recorded beside an agent, as its undos are, has its name before a `~`. */
function ownerOf(agent: string): string {
  return agent.split('~', 1)[0] ?? agent;
}

function partOf(overview: Overview | undefined, name: string): Overview | undefined {
  const rows = overview?.rows.filter(({ agent }) => agent === name) ?? [];
  return overview === undefined || rows.length === 0 ? undefined : { ...overview, rows };
}
