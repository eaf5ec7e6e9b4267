import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';
import { refusedBody } from './tool-shapes.ts';

/** Takes down a call that an enforcement point refused before asking: of a quarantined tool. */
export const refuseCall: Route = route({
  name: 'refuseCall',
  method: 'POST',
  path: '/api/v1/agents/{agent}/tools/refused',
  rights: ['act'],
  reach: 'agent',
  summary: 'takes down a call that was refused before anything was decided',
  body: {
    shape: refusedBody,
    example: {
      session: '7f9c2ba4e88f827d',
      tool: 'refunds.issue',
      args: { order: '1042' },
      server: 'shop',
      why: 'changed',
    },
  },
  answer: { status: 200, shape: recorded },
  codes: [
    'unknown-agent',
    'unknown-session',
    'session-closed',
    'too-large',
    'overloaded',
    'unavailable',
  ],
  handle: async ({ guard }, { params: { agent }, body }) =>
    answerOf(await guard.refusedCall({ agent, ...body })),
});
