import { useQueryClient, type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { askTrace, type SessionRow, type Trace } from './traces.ts';
import { useLiveQuery } from './use-live.ts';

/** Sessions of a room, newest first, and where the following page begins. */
export type RoomSessions = Answer<'/api/v1/rooms/sessions'>;

/** Looks for the sessions of a room. That they were read is recorded. */
export async function findRoomSessions({
  room,
  before,
}: {
  readonly room: string;
  /** Null: from the newest on. */
  readonly before: number | null;
}): Promise<RoomSessions> {
  const query = { room, ...(before === null ? {} : { before: String(before) }) };
  return bodyOf(await api.GET('/api/v1/rooms/sessions', { params: { query } }));
}

/** Everything of several sessions; what is written meanwhile is added at their ends. */
export function useTraces(sessions: readonly SessionRow[]): UseQueryResult<readonly Trace[]> {
  const client = useQueryClient();
  const ids = sessions.map(({ session }) => session);
  return useLiveQuery({
    key: ['traces', ...ids],
    ask: (signal) =>
      Promise.all(
        sessions.map(async ({ agent, session }) => {
          const key = ['trace', agent, session];
          const trace = await askTrace({ client, key, agent, session, signal });
          client.setQueryData(key, trace);
          return trace;
        }),
      ),
    isTouchedBy: ({ session }) => session !== null && ids.includes(session),
    isAsked: sessions.length > 0,
  });
}
