import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { requested } from './requested.ts';
import { selecting, undoPlan } from './undo-shapes.ts';

/** What would take an agent's actions back, and what nothing does. Nothing is done. */
export const planUndo: Route = route({
  name: 'planUndo',
  method: 'POST',
  path: '/api/v1/agents/{agent}/undos/plan',
  rights: ['operate', 'read-sealed'],
  reach: 'agent',
  summary: 'what takes actions back, the last first, and what cannot be taken back and why',
  body: { shape: z.strictObject(selecting), example: { session: 'ses_0199aa' } },
  answer: { status: 200, shape: undoPlan },
  codes: ['unknown-agent', 'not-armed', 'unknown-decision', 'too-large', 'unavailable'],
  handle: async ({ services }, { caller, rights, params: { agent }, body }) => {
    const looking = { by: caller, mayRead: rights.includes('read-sealed') };
    return answerOf(await services.undos.plan(requested(agent, body), looking));
  },
});
