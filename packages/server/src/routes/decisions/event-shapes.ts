import { z } from 'zod';

import { chainAgent, count, sessionId, time, verdict } from '../shapes.ts';

/** One entry as lists show it. */
export const eventRowShape: z.ZodType = z.strictObject({
  index: count,
  at: time,
  kind: z.string(),
  agent: chainAgent.nullable(),
  session: sessionId.nullable(),
  subject: z.string().nullable(),
  blob: z.string().nullable(),
  decision: z.string().nullable(),
  tool: z.string().nullable(),
  verdict: verdict.nullable(),
  outcome: z.string().nullable(),
});
