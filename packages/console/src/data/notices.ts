import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { type Order, useOrder } from './use-order.ts';

/** A channel by which people are told, and how it fares. */
export type Channel = Answer<'/api/v1/notify/channels'>['rows'][number];

/** A message to people. */
export type Message = Answer<'/api/v1/notify/messages'>['rows'][number];

const KEY = ['notices'] as const;
// Deliveries are no entries of the ledger, so the live stream does not tell of them.
const LOOK_AGAIN_MS = 5_000;

/** The channels by which people are told. */
export function useChannels(): UseQueryResult<readonly Channel[]> {
  return useQuery({
    queryKey: [...KEY, 'channels'],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/api/v1/notify/channels', { signal })).rows,
    refetchInterval: LOOK_AGAIN_MS,
  });
}

/** Messages of one state, or all of them. */
export function useMessages(state: Message['state'] | ''): UseQueryResult<readonly Message[]> {
  const query = { ...(state === '' ? {} : { state }), limit: 1_000 };
  return useQuery({
    queryKey: [...KEY, 'messages', state],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/api/v1/notify/messages', { params: { query }, signal })).rows,
    refetchInterval: LOOK_AGAIN_MS,
  });
}

/** Sends one message to a channel; answers what became of it. */
export function useChannelTest(): Order<
  { readonly state: string; readonly fault: string | null },
  string
> {
  return useOrder(async (id: string) => {
    const params = { path: { id } };
    return bodyOf(await api.POST('/api/v1/notify/channels/{id}/test', { params }));
  }, KEY);
}

/** Tries a dead letter again; null tries all of them. */
export function useRetry(): Order<{ readonly retried: number }, string | null> {
  return useOrder(
    async (key: string | null) => bodyOf(await api.POST('/api/v1/notify/retry', { body: { key } })),
    KEY,
  );
}
