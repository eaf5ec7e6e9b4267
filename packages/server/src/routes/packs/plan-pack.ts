import { answerOf, route, type Route } from '../route.ts';
import { askedOf, packOrder, packPlan, refuseAgent } from './pack-shapes.ts';

/** What a pack would hold, and how large it would be. Nothing is written down. */
export const planPack: Route = route({
  name: 'planPack',
  method: 'POST',
  path: '/api/v1/packs/plan',
  rights: ['read'],
  reach: 'handler',
  summary: 'what an evidence pack would hold, and about how large it would be',
  body: { shape: packOrder, example: { sessions: ['ses_0199aa'] } },
  answer: { status: 200, shape: packPlan },
  codes: ['unknown-agent', 'unknown-session', 'not-found', 'too-large'],
  handle: async (api, { caller, body }) =>
    refuseAgent(api, caller, body) ??
    answerOf(await api.services.packs.plan(askedOf(body), caller)),
});
