import { z } from 'zod';

import type { GrantRow } from '../../store/models.ts';
import { refuseNamed } from '../named-agent.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import { agentId, count, paging, present, sessionId, time } from '../shapes.ts';

const row = z.strictObject({
  index: count,
  at: time,
  agent: agentId,
  session: sessionId,
  claim: z.string().nullable(),
  mechanism: z.string(),
  isOnce: z.boolean(),
  verifiedAt: time.nullable(),
  expiresAt: time.nullable(),
  state: z.enum(['active', 'spent', 'revoked', 'halted', 'closed', 'expired']),
  endedAt: time.nullable(),
});

const query = z.strictObject({
  agent: agentId.optional(),
  session: sessionId.optional(),
  mechanism: z.string().max(64).optional(),
  ...paging,
});

/** What was verified of principals, by which mechanism, and what became of it; newest first. */
export const listGrants: Route = route({
  name: 'listGrants',
  method: 'GET',
  path: '/api/v1/grants',
  rights: ['read'],
  reach: 'handler',
  summary:
    'what was verified of principals, by which mechanism, and what became of it, newest first; ' +
    'a key bound to agents names one of them',
  query,
  answer: {
    status: 200,
    shape: z.strictObject({
      rows: z.array(row),
      mechanisms: z.array(z.strictObject({ mechanism: z.string(), count })),
      next: count.nullable(),
      nextIndex: count,
    }),
  },
  codes: ['unknown-agent'],
  handle: async ({ guard, models, clock }, { caller, query: asked }) => {
    if (asked.agent === undefined && caller.agents !== null) {
      return refuse({ code: 'forbidden', detail: 'this key is for some agents: name one' });
    }
    const refused = refuseNamed({ guard }, caller, asked.agent);
    if (refused !== null) return refused;
    const filter = present(asked);
    const page = await models.grants(filter);
    const mechanisms = await models.grantCounts(filter);
    const now = clock();
    return answer({ ...page, rows: page.rows.map((one) => shownGrant(one, now)), mechanisms });
  },
});

function shownGrant({ end, ...rest }: GrantRow, now: number): object {
  const isPast = rest.expiresAt !== null && rest.expiresAt <= now;
  return { ...rest, state: end ?? (isPast ? 'expired' : 'active') };
}
