import {
  type QueryClient,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { ApiProblem } from './problem.ts';
import { useLiveQuery } from './use-live.ts';

const TRACE = '/api/v1/agents/{agent}/sessions/{session}/trace';
const OPENED = '/api/v1/agents/{agent}/sessions/{session}/trace/opened';

type TracePart = Answer<typeof TRACE>;

/** One entry of a session. `secret` is null unless it was opened. */
export type TraceRow = TracePart['rows'][number];

/** A session as lists show it. */
export type SessionRow = TracePart['session'];

/** A session with everything of it so far; `isWhole` is false where it is longer than is shown. */
export type Trace = {
  readonly session: SessionRow;
  readonly rows: readonly TraceRow[];
  readonly isWhole: boolean;
};

/** What opening a session's entries gave, by index. */
export type Opened = ReadonlyMap<number, Pick<TraceRow, 'sealed' | 'secret'>>;

const PART_ROWS = '500';
/** So many entries of a session are shown at most. */
export const MOST_ROWS = 20_000;

/** Whose session one is. Throws where there is none that this person sees. */
export function useAgentOf(session: string): UseQueryResult<string> {
  return useQuery({
    queryKey: ['agent-of', session],
    queryFn: async ({ signal }) => {
      const query = { q: `session:${session}`, limit: '1' };
      const found = bodyOf(await api.GET('/api/v1/search', { params: { query }, signal }));
      const agent = found.rows[0]?.agent;
      if (agent != null) return agent;
      const fault = { code: 'unknown-session', status: 404 };
      throw new ApiProblem(fault, `there is no session \`${session}\``, '/api/v1/search');
    },
    staleTime: Infinity,
  });
}

/** Everything of a session, oldest first; what is written meanwhile is added at its end. */
export function useTrace(agent: string, session: string): UseQueryResult<Trace> {
  const client = useQueryClient();
  const key = ['trace', agent, session] as const;
  return useLiveQuery({
    key,
    ask: (signal) => askTrace({ client, key, agent, session, signal }),
    isTouchedBy: (row) => row.session === session,
  });
}

type TraceAsked = { readonly agent: string; readonly session: string };

/** Asks for what is new of a session since it was last asked for, and returns all of it. */
export async function askTrace({
  client,
  key,
  agent,
  session,
  signal,
}: TraceAsked & {
  readonly client: QueryClient;
  readonly key: readonly unknown[];
  readonly signal: AbortSignal;
}): Promise<Trace> {
  let trace = client.getQueryData<Trace>(key) ?? null;
  if (trace !== null && trace.rows.length >= MOST_ROWS) return trace;
  for (;;) {
    const after = trace?.rows.at(-1)?.index ?? null;
    const part: TracePart = await askPart(TRACE, { agent, session, after, signal });
    const rows: readonly TraceRow[] = [...(trace?.rows ?? []), ...part.rows];
    const isMore: boolean = part.next !== null;
    trace = { session: part.session, rows, isWhole: !isMore };
    if (!isMore || rows.length >= MOST_ROWS) return trace;
    // A long session is shown from its first part on.
    client.setQueryData<Trace>(key, trace);
  }
}

/** Opens what is sealed of a session after an index, or of all of it. Each reading is recorded. */
export async function openTrace(
  { agent, session }: TraceAsked,
  afterIndex: number | null,
): Promise<Opened> {
  const opened = new Map<number, Pick<TraceRow, 'sealed' | 'secret'>>();
  let after = afterIndex;
  do {
    const part: TracePart = await askPart(OPENED, { agent, session, after });
    for (const { index, sealed, secret } of part.rows) opened.set(index, { sealed, secret });
    after = part.next;
  } while (after !== null && opened.size < MOST_ROWS);
  return opened;
}

/** Every entry of a session, opened. Each reading is recorded. */
export async function openedRows({ agent, session }: TraceAsked): Promise<readonly TraceRow[]> {
  const rows: TraceRow[] = [];
  let after: number | null = null;
  do {
    const part: TracePart = await askPart(OPENED, { agent, session, after });
    rows.push(...part.rows);
    after = part.next;
  } while (after !== null && rows.length < MOST_ROWS);
  return rows;
}

async function askPart(
  path: typeof TRACE | typeof OPENED,
  {
    agent,
    session,
    after,
    signal,
  }: TraceAsked & { readonly after: number | null; readonly signal?: AbortSignal },
): Promise<TracePart> {
  const query = { limit: PART_ROWS, ...(after === null ? {} : { after: String(after) }) };
  const params = { path: { agent, session }, query };
  return bodyOf(await api.GET(path, { params, ...(signal === undefined ? {} : { signal }) }));
}

/** The sessions of one agent, newest first: the last of them. */
export function useSessions(agent: string): UseQueryResult<readonly SessionRow[]> {
  return useLiveQuery({
    key: ['sessions', agent],
    ask: async (signal) => {
      const params = { path: { agent }, query: { limit: '500' } };
      return bodyOf(await api.GET('/api/v1/agents/{agent}/sessions', { params, signal })).rows;
    },
    isTouchedBy: (row) => row.agent === agent && row.session !== null,
    isAsked: agent !== '',
  });
}
