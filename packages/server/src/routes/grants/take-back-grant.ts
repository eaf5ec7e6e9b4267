import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';

/** Takes back a grant that was not used. */
export const takeBackGrant: Route = route({
  name: 'takeBackGrant',
  method: 'DELETE',
  path: '/api/v1/agents/{agent}/sessions/{session}/grants/{id}',
  rights: ['prove'],
  reach: 'agent',
  summary: 'takes back a grant that was not used, at once',
  answer: { status: 200, shape: recorded },
  codes: ['unknown-agent', 'unknown-session', 'session-closed', 'not-found', 'unavailable'],
  handle: async ({ services }, { caller, rights, params: { agent, session, id } }) => {
    const mayAny = rights.includes('operate');
    return answerOf(await services.grants.takeBack({ agent, session, grant: id }, caller, mayAny));
  },
});
