import { type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';
import { type Order, useOrder } from './use-order.ts';

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
export function useCredentialAdding(): Order<Credential, CredentialOrder> {
  return useOrder(
    async ({ agents, ...order }: CredentialOrder) =>
      bodyOf(await api.POST('/api/v1/credentials', { body: { ...order, agents: [...agents] } })),
    KEY,
  );
}

/** Puts another secret in the place of the one there is, at once. */
export function useCredentialRotating(): Order<
  unknown,
  { readonly id: string; readonly secret: string }
> {
  return useOrder(async ({ id, secret }) => {
    const params = { path: { id } };
    const body = { secret };
    return bodyOf(await api.POST('/api/v1/credentials/{id}/rotate', { params, body }));
  }, KEY);
}

/** Revokes a credential and destroys its secret. */
export function useCredentialRevoking(): Order<unknown, string> {
  return useOrder(
    async (id: string) =>
      bodyOf(await api.DELETE('/api/v1/credentials/{id}', { params: { path: { id } } })),
    KEY,
  );
}
