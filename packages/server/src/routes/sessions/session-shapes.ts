import { z } from 'zod';

import { chainAgent, count, sessionId, time } from '../shapes.ts';

/** One session as lists show it. */
export const sessionRow: z.ZodType = z.strictObject({
  agent: chainAgent,
  session: sessionId,
  openedAt: time,
  closedAt: time.nullable(),
  task: z.string().nullable(),
  openedBy: z.string(),
  subject: z.string().nullable(),
  decisions: count,
  refusals: count,
  lastAt: time,
});
