import { z } from 'zod';

import { search } from '../../services/search/search.ts';
import { eventRowShape } from '../decisions/event-shapes.ts';
import { answer, route, type Route } from '../route.ts';
import { count, paging, verdict } from '../shapes.ts';

const USUAL = 100;

const terms = z.strictObject({
  index: count.optional(),
  agent: z.string().optional(),
  session: z.string().optional(),
  decision: z.string().optional(),
  kind: z.string().optional(),
  tool: z.string().optional(),
  rule: z.string().optional(),
  verdict: verdict.optional(),
});

/** Finds entries by words. */
export const searchEntries: Route = route({
  name: 'searchEntries',
  method: 'GET',
  path: '/api/v1/search',
  rights: ['read'],
  reach: 'handler',
  summary: 'finds entries by `tool:`, `agent:`, `verdict:` and the like, or by bare words',
  query: z.strictObject({
    q: z.string().max(500).default(''),
    before: paging.before,
    limit: paging.limit,
  }),
  answer: {
    status: 200,
    shape: z.strictObject({
      rows: z.array(eventRowShape),
      next: count.nullable(),
      nextIndex: count,
      terms,
      unknown: z.array(z.string()),
    }),
  },
  codes: [],
  handle: async ({ guard, models }, { caller, query: { q, before, limit = USUAL } }) => {
    const isAgent = (word: string): boolean => guard.status(word) !== undefined;
    const asked = { q, agents: caller.agents, limit };
    const paged = before === undefined ? asked : { ...asked, before };
    return answer(await search({ models, isAgent }, paged));
  },
});
