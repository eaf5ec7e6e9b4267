import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { findUndo } from './requested.ts';
import { shownUndo } from './undo-shapes.ts';

const body = z.strictObject({ again: z.boolean().default(false) });

/** Begins what was approved, or goes on with it. */
export const runUndo: Route = route({
  name: 'runUndo',
  method: 'POST',
  path: '/api/v1/undos/{id}/run',
  rights: ['operate'],
  reach: 'handler',
  summary: 'does what was approved, or goes on; `again` tries once more what failed',
  isRecording: true,
  body: { shape: body, example: { again: false } },
  answer: { status: 200, shape: shownUndo },
  codes: ['not-found', 'conflict', 'overloaded', 'unavailable'],
  handle: async (api, { caller, params: { id }, body: { again } }) => {
    const found = findUndo(api, caller, id);
    if (found.refused !== null) return found.refused;
    return answerOf(await api.services.undos.run({ undo: id, again }, caller));
  },
});
