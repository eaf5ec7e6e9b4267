import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { recorded, words } from '../shapes.ts';
import { findUndo } from './requested.ts';

const body = z.strictObject({ reason: words });

/** Ends what is not under way: what was done stays done, the rest may be planned anew. */
export const withdrawUndo: Route = route({
  name: 'withdrawUndo',
  method: 'POST',
  path: '/api/v1/undos/{id}/withdraw',
  rights: ['operate'],
  reach: 'handler',
  summary: 'gives up what was not done of a set, so that it can be planned anew',
  isRecording: true,
  body: { shape: body, example: { reason: 'the wrong session' } },
  answer: { status: 200, shape: recorded },
  codes: ['not-found', 'conflict', 'overloaded', 'unavailable'],
  handle: async (api, { caller, params: { id }, body: { reason } }) => {
    const found = findUndo(api, caller, id);
    if (found.refused !== null) return found.refused;
    return answerOf(await api.services.undos.withdraw({ undo: id, reason }, caller));
  },
});
