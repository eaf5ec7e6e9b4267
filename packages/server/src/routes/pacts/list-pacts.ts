import { z } from 'zod';

import { answer, answerOf, route, type Route } from '../route.ts';
import { pactRow, publishingRule } from './pact-shapes.ts';

/** Every version of an agent's pact, newest first. */
export const listPacts: Route = route({
  name: 'listPacts',
  method: 'GET',
  path: '/api/v1/agents/{agent}/pacts',
  rights: ['read'],
  reach: 'agent',
  summary:
    'every version: digest, state, when, by whom; how many people publishing takes, and who signs',
  answer: {
    status: 200,
    shape: z.strictObject({ rows: z.array(pactRow), publishing: publishingRule }),
  },
  codes: ['unknown-agent'],
  handle: async ({ services }, { params }) => {
    const listed = await services.pacts.list(params.agent);
    return listed.ok
      ? answer({ rows: listed.value, publishing: services.pacts.rule })
      : answerOf(listed);
  },
});
