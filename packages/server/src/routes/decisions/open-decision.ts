import { z } from 'zod';

import { isFor } from '../rights.ts';
import { answerOf, refuse, route, type Route } from '../route.ts';
import { json } from '../shapes.ts';
import { decisionMembers } from './decision-shapes.ts';

const shape = z.strictObject({
  ...decisionMembers,
  sealed: z.enum(['opened', 'erased', 'missing']),
  action: json,
  facts: json,
  full: json,
  result: json,
  explanation: z.string().nullable(),
});

/** One decision with its action, facts and explanation. That it was read is recorded. */
export const openDecision: Route = route({
  name: 'openDecision',
  method: 'GET',
  path: '/api/v1/decisions/{decision}/opened',
  rights: ['read-sealed'],
  reach: 'handler',
  summary: 'with its action, facts and explanation; the reading itself is recorded',
  answer: { status: 200, shape },
  codes: ['unknown-decision', 'unavailable'],
  handle: async ({ services }, { caller, params: { decision } }) => {
    // Whose decision it is comes first, so that nothing is opened for whom it is not.
    const found = await services.decisions.recorded(decision);
    if (!found.ok) return answerOf(found);
    if (!isFor(caller, found.value.agent)) {
      return refuse({ code: 'unknown-decision', detail: `there is no decision \`${decision}\`` });
    }
    return answerOf(await services.decisions.opened(decision, caller));
  },
});
