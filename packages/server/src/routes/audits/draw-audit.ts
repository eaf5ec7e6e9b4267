import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { words } from '../shapes.ts';
import { shownAudit } from './audit-shapes.ts';

const body = z.strictObject({ raise: words.optional() });

/** Ends the period of an agent, begins the next, and draws sessions for reviewers. */
export const drawAudit: Route = route({
  name: 'drawAudit',
  method: 'POST',
  path: '/api/v1/agents/{agent}/audits/draw',
  rights: ['operate'],
  reach: 'agent',
  summary: 'draws from the sessions that closed; `raise` says why more than usual',
  isRecording: true,
  body: { shape: body, example: { raise: 'the share of resolved sessions doubled in a week' } },
  answer: { status: 200, shape: shownAudit },
  codes: ['unknown-agent', 'conflict', 'too-large', 'unavailable', 'overloaded'],
  handle: async ({ services }, { caller, params: { agent }, body: { raise = null } }) =>
    answerOf(await services.audits.draw({ agent, raise }, caller)),
});
