import { answerOf, route, type Route } from '../route.ts';
import { shownAudit } from './audit-shapes.ts';

/** Begins the first audit of an agent: commits to a seed for what closes from now on. */
export const beginAudit: Route = route({
  name: 'beginAudit',
  method: 'POST',
  path: '/api/v1/agents/{agent}/audits',
  rights: ['operate'],
  reach: 'agent',
  summary: 'begins to audit an agent: what closes from now on can be drawn, by a seed nobody knows',
  isRecording: true,
  answer: { status: 201, shape: shownAudit },
  codes: ['unknown-agent', 'conflict', 'unavailable', 'overloaded'],
  handle: async ({ services }, { caller, params: { agent } }) =>
    answerOf(await services.audits.begin(agent, caller), { status: 201 }),
});
