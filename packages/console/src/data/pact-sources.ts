import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';

/** One version of a pact as its author wrote it: which file begins, and every file. */
export type PactSources = {
  readonly digest: string;
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
};

/** Which versions of its pact an agent has had. */
export type PactVersions = Answer<'/api/v1/agents/{agent}/pacts'>['rows'];

/** The sources of one version. A version never changes. */
export function usePactSources(
  agent: string,
  digest: string | null,
): UseQueryResult<PactSources | null> {
  return useQuery({
    queryKey: ['pact-sources', agent, digest],
    queryFn: ({ signal }) => (digest === null ? null : askPactSources(agent, digest, signal)),
    staleTime: Infinity,
  });
}

/** Asks for the sources of one version. */
export async function askPactSources(
  agent: string,
  digest: string,
  signal?: AbortSignal,
): Promise<PactSources> {
  const params = { path: { agent, digest } };
  const asked = { params, ...(signal === undefined ? {} : { signal }) };
  const { entry, files } = bodyOf(await api.GET('/api/v1/agents/{agent}/pacts/{digest}', asked));
  return { digest, entry, files };
}

/** Every version of an agent's pact, newest first. */
export function usePactVersions(agent: string): UseQueryResult<PactVersions> {
  return useQuery({
    queryKey: ['pact-versions', agent],
    queryFn: async ({ signal }) => {
      const params = { path: { agent } };
      return bodyOf(await api.GET('/api/v1/agents/{agent}/pacts', { params, signal })).rows;
    },
  });
}
