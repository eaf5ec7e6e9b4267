import { z } from 'zod';

import { REVIEW_FINDINGS } from '../../guard/people.ts';
import { answerOf, route, type Route } from '../route.ts';
import { recorded, words } from '../shapes.ts';

const body = z.strictObject({ finding: z.enum(REVIEW_FINDINGS), reason: words });

/** A person closes a review with what they found. */
export const closeReview: Route = route({
  name: 'closeReview',
  method: 'POST',
  path: '/api/v1/agents/{agent}/reviews/{id}',
  rights: ['operate'],
  reach: 'agent',
  summary: 'a person closes a review with what they found',
  isRecording: true,
  body: { shape: body, example: { finding: 'objective', reason: 'it was paid per closed ticket' } },
  answer: { status: 200, shape: recorded },
  codes: ['unknown-agent', 'not-found', 'conflict', 'unavailable', 'overloaded'],
  handle: async ({ guard }, { caller, params: { agent, id }, body: said }) => {
    return answerOf(await guard.people.closeReview({ agent, id, ...said, by: caller.id }));
  },
});
