import { z } from 'zod';

import { agentId, count, decisionId, object, sessionId, time, verdict } from '../shapes.ts';

/** The members of a decision as everyone may read it. */
export const decisionMembers: Readonly<Record<string, z.ZodType>> = {
  index: count,
  at: time,
  agent: agentId,
  session: sessionId,
  decision: decisionId,
  verdict,
  open: object,
  outcome: z.strictObject({ index: count, at: time, open: object }).nullable(),
};
