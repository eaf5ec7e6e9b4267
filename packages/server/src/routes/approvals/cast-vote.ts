import { z } from 'zod';

import { proof, purposeOf } from '../factors/proof-shapes.ts';
import { answerOf, route, type Route } from '../route.ts';
import { countedVote, voteBody } from './approval-shapes.ts';

/** One person's word on an action that waits for people. */
export const castVote: Route = route({
  name: 'castVote',
  method: 'POST',
  path: '/api/v1/approvals/{id}/votes',
  rights: ['approve'],
  reach: 'node',
  summary: "one person's word on an action that waits; a denial ends it, a quorum approves it",
  isRecording: true,
  body: {
    shape: z.strictObject({ ...voteBody, proof: proof.optional() }),
    example: { outcome: 'approve', reason: 'the customer asked for it by phone' },
  },
  answer: { status: 200, shape: countedVote },
  codes: [
    'not-found',
    'needs-proof',
    'bad-proof',
    'conflict',
    'forbidden',
    'unavailable',
    'overloaded',
  ],
  handle: async ({ services }, { caller, params: { id }, body }) => {
    const { proof: given, ...vote } = body;
    const shown = { proof: given, purpose: purposeOf(`/api/v1/approvals/${id}/votes`, body) };
    return answerOf(await services.approvals.vote({ approval: id, ...vote }, caller, shown));
  },
});
