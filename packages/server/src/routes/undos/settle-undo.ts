import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count } from '../shapes.ts';
import { findUndo } from './requested.ts';
import { shownUndo } from './undo-shapes.ts';

const body = z.strictObject({ n: count, done: z.boolean() });

/** A person says what became of an action of which nobody knows. */
export const settleUndo: Route = route({
  name: 'settleUndo',
  method: 'POST',
  path: '/api/v1/undos/{id}/settle',
  rights: ['operate'],
  reach: 'handler',
  summary: 'a person says whether an action happened of which nobody knows',
  isRecording: true,
  body: { shape: body, example: { n: 2, done: true } },
  answer: { status: 200, shape: shownUndo },
  codes: ['not-found', 'conflict', 'overloaded', 'unavailable'],
  handle: async (api, { caller, params: { id }, body: { n, done } }) => {
    const found = findUndo(api, caller, id);
    if (found.refused !== null) return found.refused;
    return answerOf(await api.services.undos.settle({ undo: id, n, done }, caller));
  },
});
