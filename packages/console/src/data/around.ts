import { type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';

const AROUND = '/api/v1/agents/{agent}/sessions/{session}/around';

/** What stands about a session in the chains of its agent. */
export type Around = Answer<typeof AROUND>;

/** An entry about a session: what halted it, what changed its rules, who read it. */
export type AroundRow = Around['rows'][number];

const KINDS: ReadonlySet<string> = new Set([
  'halt',
  'resume',
  'halt_effective',
  'executor_started',
  'lock',
  'unlock',
  'gate',
  'armed',
  'staging_moved',
  'grant_given',
  'read',
  'correction',
  'audit_judged',
  'drill_done',
  'undo_planned',
  'undo_step',
]);

/** What stands about a session outside of its own chain, kept up to date. */
export function useAround(agent: string, session: string): UseQueryResult<Around> {
  const params = { path: { agent, session } };
  const owner = ownerOf(agent);
  return useLiveQuery({
    key: ['around', agent, session],
    ask: async (signal) => bodyOf(await api.GET(AROUND, { params, signal })),
    isTouchedBy: (row) =>
      row.session === null && KINDS.has(row.kind) && ownerOf(row.agent ?? '') === owner,
  });
}

/** Whose a chain is: that of a double (`banking~undo`) is its agent's. */
export function ownerOf(agent: string): string {
  return agent.split('~', 1)[0] ?? agent;
}
