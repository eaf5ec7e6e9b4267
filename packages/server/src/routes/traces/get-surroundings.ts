import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { chainAgent, count, object, time } from '../shapes.ts';

/** What stands about a session outside of its own chain: its halts, and what people did with it. */
export const getSurroundings: Route = route({
  name: 'getSurroundings',
  method: 'GET',
  path: '/api/v1/agents/{agent}/sessions/{session}/around',
  rights: ['read'],
  reach: 'agent',
  hasChains: true,
  summary:
    'what halted a session or let it go on, what changed its rules meanwhile, who read it, what ' +
    'people said of it and what was taken back; `covers` is `unknown` for the halt of a room or ' +
    'a task where only what is sealed says whether the session is of it',
  answer: {
    status: 200,
    shape: z.strictObject({
      rows: z.array(
        z.strictObject({
          index: count,
          at: time,
          kind: z.string(),
          agent: chainAgent,
          open: object,
          covers: z.enum(['yes', 'unknown']),
        }),
      ),
      isAll: z.boolean(),
    }),
  },
  codes: ['unknown-session'],
  handle: async ({ services }, { params: { agent, session } }) =>
    answerOf(await services.traces.around({ agent, session })),
});
