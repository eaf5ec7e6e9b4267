import { z } from 'zod';

import { refuseNamed } from '../named-agent.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import { agentId, page, paging, present, queryNumber, sessionId } from '../shapes.ts';
import { eventRowShape } from './event-shapes.ts';

const query = z.strictObject({
  agent: agentId.optional(),
  session: sessionId.optional(),
  kind: z.string().max(64).optional(),
  ...paging,
  after: queryNumber.optional(),
});

/** Everything in the log, newest first. A key bound to agents names one of them. */
export const listEvents: Route = route({
  name: 'listEvents',
  method: 'GET',
  path: '/api/v1/events',
  rights: ['read'],
  reach: 'handler',
  summary: 'everything in the log, newest first; a key bound to agents names one of them',
  query,
  answer: { status: 200, shape: page(eventRowShape) },
  codes: ['unknown-agent'],
  handle: async ({ guard, models }, { caller, query: asked }) => {
    if (asked.agent === undefined && caller.agents !== null) {
      return refuse({ code: 'forbidden', detail: 'this key is for some agents: name one' });
    }
    const refused = refuseNamed({ guard }, caller, asked.agent);
    if (refused !== null) return refused;
    return answer(await models.events(present(asked)));
  },
});
