import { type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useMay } from './session.ts';
import { useLiveQuery } from './use-live.ts';
import { type Order, useOrder } from './use-order.ts';

/** A key as it is shown: who it is for and what it may, without its secret. */
export type Key = Answer<'/api/v1/keys'>['rows'][number];

/** What a new key is to be. */
export type KeyOrder = Pick<Key, 'kind' | 'name' | 'roles' | 'scopes' | 'agents' | 'email'>;

/** A key that was made, with its secret: answered this once. */
export type MadeKey = { readonly key: Key; readonly token: string };

/**
 * Returns what the person or program behind a key is called, as far as this person is told: an id
 * says nothing to whoever reads it.
 */
export function useWho(): (id: string) => string {
  const { data: keys = [] } = useKeys(useMay('administer'));
  return (id) => {
    const key = keys.find((each) => each.id === id);
    return key?.email ?? key?.name ?? id;
  };
}

/** Every key, revoked ones included. */
export function useKeys(isAsked = true): UseQueryResult<readonly Key[]> {
  return useLiveQuery({
    isAsked,
    key: ['keys'],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/keys', { signal })).rows,
    isTouchedBy: ({ kind }) => kind === 'key_added' || kind === 'key_revoked',
  });
}

/** Makes a key. */
export function useKeyMaking(): Order<MadeKey, KeyOrder> {
  return useOrder(
    async ({ kind, name, roles, scopes, agents, email }: KeyOrder) => {
      const body = {
        kind,
        name,
        ...(kind === 'person' ? { roles: [...roles], email } : {}),
        ...(kind === 'service' ? { scopes: [...scopes] } : {}),
        agents: agents === null ? null : [...agents],
      };
      return bodyOf(await api.POST('/api/v1/keys', { body }));
    },
    ['keys'],
  );
}

/** Revokes a key, at once. */
export function useKeyRevoking(): Order<unknown, string> {
  return useOrder(
    async (id: string) =>
      bodyOf(await api.DELETE('/api/v1/keys/{id}', { params: { path: { id } } })),
    ['keys'],
  );
}
