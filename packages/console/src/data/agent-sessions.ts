import { type Answer, api, bodyOf } from './api.ts';
import { type ListPage, type Newest, useNewest } from './newest.ts';

/** One session of an agent. */
export type SessionRow = Answer<'/api/v1/agents/{agent}/sessions'>['rows'][number];

const PAGE_ROWS = '200';
const CHANGES: ReadonlySet<string> = new Set(['session_opened', 'session_closed', 'decided']);

/** An agent's sessions, newest first. */
export function useAgentSessions(agent: string): Newest<SessionRow> {
  return useNewest({
    key: ['agent-sessions', agent],
    ask: (before, signal) => askAgentSessions(agent, before, signal),
    isTouchedBy: (row) => row.agent === agent && CHANGES.has(row.kind),
  });
}

/** One page of an agent's sessions. */
export async function askAgentSessions(
  agent: string,
  before: number | null,
  signal?: AbortSignal,
): Promise<ListPage<SessionRow>> {
  const query = { ...(before === null ? {} : { before: String(before) }), limit: PAGE_ROWS };
  const params = { path: { agent }, query };
  const asked = { params, ...(signal === undefined ? {} : { signal }) };
  return bodyOf(await api.GET('/api/v1/agents/{agent}/sessions', asked));
}
