import { z } from 'zod';

import { isFor } from '../rights.ts';
import { answerOf, refuse, route, type Route } from '../route.ts';
import { decisionMembers } from './decision-shapes.ts';

/** One decision as recorded, its open part. */
export const getDecision: Route = route({
  name: 'getDecision',
  method: 'GET',
  path: '/api/v1/decisions/{decision}',
  rights: ['read'],
  reach: 'handler',
  summary: 'one decision as recorded, its open part',
  answer: { status: 200, shape: z.strictObject(decisionMembers) },
  codes: ['unknown-decision'],
  handle: async ({ services }, { caller, params: { decision } }) => {
    const found = await services.decisions.recorded(decision);
    if (!found.ok || isFor(caller, found.value.agent)) return answerOf(found);
    return refuse({ code: 'unknown-decision', detail: `there is no decision \`${decision}\`` });
  },
});
