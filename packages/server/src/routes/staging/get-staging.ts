import { z } from 'zod';

import { noAgent } from '../../guard/refusal.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import { stagingView } from './staging-shapes.ts';

/** How far an agent's staged actions have come. */
export const getStaging: Route = route({
  name: 'getStaging',
  method: 'GET',
  path: '/api/v1/agents/{agent}/staging',
  rights: ['read'],
  reach: 'agent',
  summary: "how far an agent's staged actions have come, and how its checks stand",
  answer: { status: 200, shape: z.strictObject({ staging: stagingView.nullable() }) },
  codes: ['unknown-agent'],
  handle: ({ guard }, { params: { agent } }) => {
    const staging = guard.staging.view(agent);
    if (staging !== undefined) return answer({ staging });
    return refuse({ code: 'unknown-agent', detail: noAgent(agent) });
  },
});
