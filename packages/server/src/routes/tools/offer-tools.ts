import { answerOf, route, type Route } from '../route.ts';
import { offerAnswer, offerBody } from './tool-shapes.ts';

/** Says which of a server's tools may be shown to an agent; new definitions are recorded. */
export const offerTools: Route = route({
  name: 'offerTools',
  method: 'POST',
  path: '/api/v1/agents/{agent}/tools/offer',
  rights: ['act'],
  reach: 'agent',
  summary: "which of a server's tools may be shown in a session; new definitions are recorded",
  body: {
    shape: offerBody,
    example: {
      session: '7f9c2ba4e88f827d',
      server: 'shop',
      tools: [
        {
          tool: 'refunds.issue',
          definition: { name: 'issue', inputSchema: { type: 'object' } },
        },
      ],
    },
  },
  answer: { status: 200, shape: offerAnswer },
  codes: [
    'unknown-agent',
    'not-armed',
    'unknown-session',
    'session-closed',
    'too-large',
    'overloaded',
    'unavailable',
  ],
  handle: async ({ services }, { params: { agent }, body }) =>
    answerOf(await services.tools.offer({ agent, ...body })),
});
