import { z } from 'zod';

import { answer, answerOf, route, type Route } from '../route.ts';
import { bypassFound, takenBypass } from './bypass-shapes.ts';

/** Records what was found to go around the enforcement points. */
export const reportBypasses: Route = route({
  name: 'reportBypasses',
  method: 'POST',
  path: '/api/v1/bypasses',
  rights: ['operate'],
  reach: 'node',
  summary: 'records what was found to go around the enforcement points; the same one once',
  isRecording: true,
  body: {
    shape: z.strictObject({ found: z.array(bypassFound).max(1_000) }),
    example: {
      found: [
        {
          what: 'call',
          agent: 'refunds',
          client: 'claude-code',
          server: 'shop',
          tool: 'shop.issue_refund',
          evidence: '7f9c2ba4.jsonl:12',
          seenAtMs: 1_700_000_000_000,
        },
      ],
    },
  },
  answer: { status: 200, shape: z.strictObject({ rows: z.array(takenBypass) }) },
  codes: ['unknown-agent', 'overloaded', 'unavailable'],
  handle: async ({ services }, { caller, body: { found } }) => {
    const taken = await services.bypasses.report(found, caller);
    return taken.ok ? answer({ rows: taken.value }) : answerOf(taken);
  },
});
