import type { UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { type ListPage, type Newest, useNewest } from './newest.ts';
import { useLiveQuery } from './use-live.ts';

/** One decision about an action, with what became of it. */
export type ActionRow = Answer<'/api/v1/agents/{agent}/decisions'>['rows'][number];

/** Which actions are wanted; empty texts want all. */
export type ActionFilters = {
  readonly verdict: string;
  readonly tool: string;
  readonly rule: string;
  readonly isUnfinished: boolean;
};

const PAGE_ROWS = '200';
const VERDICTS = ['allow', 'modify', 'step_up', 'defer', 'deny'] as const;

/** What an agent did and wanted to do, newest first, as it happens. */
export function useActions(agent: string, filters: ActionFilters): Newest<ActionRow> {
  return useNewest({
    key: ['actions', agent, filters],
    ask: (before, signal) => askActions(agent, filters, { before, signal }),
    isTouchedBy: (row) => row.agent === agent && CHANGES.has(row.kind),
  });
}

const CHANGES: ReadonlySet<string> = new Set(['decided', 'outcome', 'erasure']);

/** The last actions of an agent before an entry, of one tool where one is named. */
export function useActionsBefore(
  agent: string,
  before: number | null,
  tool: string,
): UseQueryResult<readonly ActionRow[]> {
  return useLiveQuery({
    key: ['actions-before', agent, before, tool],
    ask: async (signal) => {
      const filters = { verdict: '', tool, rule: '', isUnfinished: false };
      return (await askActions(agent, filters, { before, signal })).rows;
    },
    // What was under way when it was halted may still say what became of it.
    isTouchedBy: (row) => row.agent === agent && row.kind === 'outcome',
  });
}

/** One page of an agent's actions. */
export async function askActions(
  agent: string,
  { verdict, tool, rule, isUnfinished }: ActionFilters,
  { before, signal }: { readonly before: number | null; readonly signal?: AbortSignal | undefined },
): Promise<ListPage<ActionRow>> {
  const kind = VERDICTS.find((each) => each === verdict);
  const query = {
    ...(kind === undefined ? {} : { verdict: kind }),
    ...(tool === '' ? {} : { tool }),
    ...(rule === '' ? {} : { rule }),
    ...(isUnfinished ? { unfinished: 'true' as const } : {}),
    ...(before === null ? {} : { before: String(before) }),
    limit: PAGE_ROWS,
  };
  const params = { path: { agent }, query };
  const asked = { params, ...(signal === undefined ? {} : { signal }) };
  return bodyOf(await api.GET('/api/v1/agents/{agent}/decisions', asked));
}
