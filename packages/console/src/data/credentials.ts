import {
  useMutation,
  type UseMutationResult,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';

/** A credential of an upstream, without its secret. */
export type Credential = Answer<'/api/v1/credentials'>['rows'][number];

/** What is kept of a new credential. */
export type CredentialOrder = Pick<Credential, 'name' | 'url' | 'access' | 'inject' | 'agents'> & {
  readonly secret: string;
};

const KEY = ['credentials'] as const;

/** Every credential, revoked ones included. */
export function useCredentials(): UseQueryResult<readonly Credential[]> {
  return useLiveQuery({
    key: KEY,
    ask: async (signal) => bodyOf(await api.GET('/api/v1/credentials', { signal })).rows,
    isTouchedBy: ({ kind }) => kind.startsWith('credential_'),
  });
}

/** Keeps a credential. Its secret is never answered again. */
export function useCredentialAdding(): UseMutationResult<Credential, Error, CredentialOrder> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ agents, ...order }: CredentialOrder) =>
      bodyOf(await api.POST('/api/v1/credentials', { body: { ...order, agents: [...agents] } })),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

/** Puts another secret in the place of the one there is, at once. */
export function useCredentialRotating(): UseMutationResult<
  unknown,
  Error,
  { readonly id: string; readonly secret: string }
> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, secret }) => {
      const params = { path: { id } };
      const body = { secret };
      return bodyOf(await api.POST('/api/v1/credentials/{id}/rotate', { params, body }));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

/** Revokes a credential and destroys its secret. */
export function useCredentialRevoking(): UseMutationResult<unknown, Error, string> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) =>
      bodyOf(await api.DELETE('/api/v1/credentials/{id}', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
}
