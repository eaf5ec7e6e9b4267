import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count, decisionId, object } from '../shapes.ts';
import { undoId } from './undo-shapes.ts';

/** The next action that an enforcement point is to do: decided, begun and durable. */
export const takeUndo: Route = route({
  name: 'takeUndo',
  method: 'POST',
  path: '/api/v1/agents/{agent}/undos/take',
  rights: ['act'],
  reach: 'agent',
  summary: 'the next action of an approved set that no upstream makes; it is done once, now',
  body: { shape: z.strictObject({}), example: {} },
  answer: {
    status: 200,
    shape: z.strictObject({
      action: z
        .strictObject({
          undo: undoId,
          n: count,
          decision: decisionId,
          tool: z.string(),
          args: object,
        })
        .nullable(),
    }),
  },
  codes: ['unknown-agent', 'overloaded', 'unavailable'],
  handle: async ({ services }, { params: { agent } }) => answerOf(await services.undos.take(agent)),
});
