import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count, json } from '../shapes.ts';
import { shownUndo, undoId } from './undo-shapes.ts';

const body = z.strictObject({
  undo: undoId,
  n: count,
  status: z.enum(['ok', 'error', 'not_sent', 'unknown']),
  result: json.default(null),
});

/** What became of an action that an enforcement point took. */
export const reportUndo: Route = route({
  name: 'reportUndo',
  method: 'POST',
  path: '/api/v1/agents/{agent}/undos/report',
  rights: ['act'],
  reach: 'agent',
  summary: 'what became of an action that was taken; what follows it is gone on with',
  isRecording: true,
  body: {
    shape: body,
    example: { undo: `und_${'0'.repeat(32)}`, n: 0, status: 'ok', result: { cancelled: true } },
  },
  answer: { status: 200, shape: shownUndo },
  codes: ['unknown-agent', 'not-found', 'conflict', 'too-large', 'overloaded', 'unavailable'],
  handle: async ({ services }, { params: { agent }, body: report }) =>
    answerOf(await services.undos.report(agent, report)),
});
