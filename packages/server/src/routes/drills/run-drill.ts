import { answerOf, route, type Route } from '../route.ts';
import { shownDrill } from './drill-shapes.ts';

/** Practises the halt of an agent. */
export const runDrill: Route = route({
  name: 'runDrill',
  method: 'POST',
  path: '/api/v1/agents/{agent}/drills',
  rights: ['halt'],
  reach: 'agent',
  summary: "practises an agent's halt beside its real sessions; answers once it is recorded",
  isRecording: true,
  answer: { status: 201, shape: shownDrill },
  codes: ['unknown-agent', 'conflict', 'unavailable', 'overloaded'],
  handle: async ({ services }, { caller, params: { agent } }) => {
    return answerOf(await services.drills.run(agent, caller), { status: 201 });
  },
});
