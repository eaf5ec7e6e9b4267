import { z } from 'zod';

import { proof, purposeOf } from '../factors/proof-shapes.ts';
import { answer, route, type Route } from '../route.ts';
import { count } from '../shapes.ts';
import { actionRow, approvalId, voteBody } from './approval-shapes.ts';

const MOST = 100;

const body = z.strictObject({
  votes: z
    .array(z.strictObject({ approval: approvalId, ...voteBody }))
    .min(1)
    .max(MOST),
  proof: proof.optional(),
});

const result = z.union([
  z.strictObject({ ok: z.literal(true), id: approvalId, index: count, approval: actionRow }),
  z.strictObject({ ok: z.literal(false), id: approvalId, code: z.string(), detail: z.string() }),
]);

/** One person's word on equal actions, each judged and answered by itself. */
export const castVotes: Route = route({
  name: 'castVotes',
  method: 'POST',
  path: '/api/v1/approvals/votes',
  rights: ['approve'],
  reach: 'node',
  summary: "one person's word on equal actions, each with its own reason, judged by itself",
  isRecording: true,
  body: {
    shape: body,
    example: {
      votes: [
        { approval: 'apr_0190c1', outcome: 'approve', reason: 'order 1042 was lost' },
        { approval: 'apr_0190c2', outcome: 'deny', reason: 'order 1042 again' },
      ],
    },
  },
  answer: { status: 200, shape: z.strictObject({ results: z.array(result) }) },
  codes: [],
  handle: async ({ services }, { caller, body: given }) => {
    const purpose = purposeOf('/api/v1/approvals/votes', given);
    const shown = { proof: given.proof, purpose };
    const results = await services.approvals.voteAll(given.votes, caller, shown);
    return answer({
      results: results.map((one) => {
        if (one.ok) return one;
        const { code, message } = one.error;
        return { ok: false, id: one.id, code, detail: message };
      }),
    });
  },
});
