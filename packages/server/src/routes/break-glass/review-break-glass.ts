import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { recorded, words } from '../shapes.ts';
import { reviewFinding } from './break-glass-shapes.ts';

const body = z.strictObject({ finding: reviewFinding, reason: words });

/** Closes the review of a break-glass. */
export const reviewBreakGlass: Route = route({
  name: 'reviewBreakGlass',
  method: 'POST',
  path: '/api/v1/break-glass/{id}/review',
  rights: ['approve'],
  reach: 'node',
  summary: 'another person says whether it was justified, and why',
  isRecording: true,
  body: {
    shape: body,
    example: { finding: 'justified', reason: 'the halt could not wait, and nothing else was done' },
  },
  answer: { status: 200, shape: recorded },
  codes: ['not-found', 'conflict', 'unavailable'],
  handle: async ({ services }, { caller, params: { id }, body: { finding, reason } }) =>
    answerOf(await services.breakGlass.review({ id, finding, reason }, caller)),
});
