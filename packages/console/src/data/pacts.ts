import {
  type QueryKey,
  useQuery,
  type UseQueryOptions,
  type UseQueryResult,
} from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';
import { type Order, useOrder } from './use-order.ts';

/** One version of a pact: how it stands, since when, by whom and why. */
export type PactRow = Answer<'/api/v1/agents/{agent}/pacts'>['rows'][number];

/** One version with its sources. */
export type PactVersion = Answer<'/api/v1/agents/{agent}/pacts/{digest}'>;

/** A pact as it is sent: the files it is made of, and which of them it starts from. */
export type PactFiles = {
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
};

/** One version as its author wrote it. */
export type PactSources = PactFiles & { readonly digest: string };

/** How many people publishing takes, and the verifier keys of those who sign. */
export type PublishingRule = Answer<'/api/v1/agents/{agent}/pacts'>['publishing'];

/** Every version of an agent's pact, newest first, and what publishing one takes. */
export type PactHistory = Answer<'/api/v1/agents/{agent}/pacts'>;

/** Every version of an agent's pact, newest first. */
export function usePacts(agent: string): UseQueryResult<readonly PactRow[]> {
  return useHistoryPart(agent, rowsIn);
}

/** Every version of an agent's pact, and what publishing one takes. */
export function usePactHistory(agent: string): UseQueryResult<PactHistory> {
  return useHistoryPart(agent, whole);
}

// The same function each time: a part is made again only where the answer is another.
const whole = (history: PactHistory): PactHistory => history;
const rowsIn = ({ rows }: PactHistory): readonly PactRow[] => rows;

function useHistoryPart<Part>(
  agent: string,
  select: (history: PactHistory) => Part,
): UseQueryResult<Part> {
  return useLiveQuery({
    key: ['pacts', agent],
    ask: async (signal) => {
      const params = { path: { agent } };
      return bodyOf(await api.GET('/api/v1/agents/{agent}/pacts', { params, signal }));
    },
    select,
    isTouchedBy: (row) =>
      row.agent === agent && (row.kind === 'armed' || row.kind.startsWith('pact_')),
  });
}

/** One version with its sources, which never change; nothing is asked where none is named. */
export function usePact(agent: string, digest: string | null): UseQueryResult<PactVersion> {
  return useQuery(pactQuery(agent, digest));
}

/** The question for one version, where several are asked for at once. */
export function pactQuery(
  agent: string,
  digest: string | null,
): UseQueryOptions<PactVersion> & { readonly queryKey: QueryKey } {
  return {
    queryKey: ['pacts', agent, 'version', digest],
    queryFn: async ({ signal }) => {
      const params = { path: { agent, digest: digest ?? '' } };
      return bodyOf(await api.GET('/api/v1/agents/{agent}/pacts/{digest}', { params, signal }));
    },
    enabled: digest !== null,
    staleTime: Infinity,
  };
}

/** What somebody wants to be published. */
export type Proposal = PactFiles & {
  readonly mode: 'publish' | 'shadow';
  readonly reason: string;
  /** Signed notes of those whose signatures are asked for. */
  readonly signatures: readonly string[];
  /** What was armed when the author began, null for nothing. */
  readonly base: string | null;
};

/** Publishes a pact, or runs it in the shadow of the armed one. */
export function useProposePact(agent: string): Order<PactRow, Proposal> {
  return useOrder(async ({ signatures, ...proposal }) => {
    const params = { path: { agent } };
    const body = {
      ...proposal,
      files: { ...proposal.files },
      ...(signatures.length === 0 ? {} : { signatures: [...signatures] }),
    };
    return bodyOf(await api.POST('/api/v1/agents/{agent}/pacts', { params, body }));
  });
}

/** The second person's word where publishing takes two. */
export function useApprovePact(agent: string): Order<PactRow, string> {
  return useOrder(async (digest) => {
    const params = { path: { agent, digest } };
    const path = '/api/v1/agents/{agent}/pacts/{digest}/approve';
    return bodyOf(await api.POST(path, { params }));
  });
}

/** Arms an earlier version again. */
export function useRollbackPact(
  agent: string,
): Order<PactRow, { readonly digest: string; readonly reason: string }> {
  return useOrder(async ({ digest, reason }) => {
    const params = { path: { agent, digest } };
    const path = '/api/v1/agents/{agent}/pacts/{digest}/rollback';
    return bodyOf(await api.POST(path, { params, body: { reason } }));
  });
}

/** Ends the shadow. */
export function useEndShadow(agent: string): Order<{ readonly index: number }, void> {
  return useOrder(async () => {
    const params = { path: { agent } };
    return bodyOf(await api.DELETE('/api/v1/agents/{agent}/shadow', { params }));
  });
}
