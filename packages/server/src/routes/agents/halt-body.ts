import { z } from 'zod';

import { sessionId, words } from '../shapes.ts';

/** What is halted or resumed: the agent, or one of its sessions. */
export type HaltBody = {
  readonly scope: 'agent' | 'session';
  readonly target?: string | undefined;
  readonly reason: string;
};

/** Its shape: a session is named, the agent stands in the path. */
export const haltBody: z.ZodType<HaltBody> = z
  .strictObject({
    scope: z.enum(['agent', 'session']),
    target: sessionId.optional(),
    reason: words,
  })
  .refine(({ scope, target }) => (scope === 'session') === (target !== undefined), {
    message: 'must name a session for scope `session`, and nothing for scope `agent`',
    path: ['target'],
  });
