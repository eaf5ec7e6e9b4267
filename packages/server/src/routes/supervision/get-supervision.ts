import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count } from '../shapes.ts';
import { supervisionIn } from './supervision-in.ts';

const bound = z.int().min(1).nullable();

/** What the settings let a supervised agent reach and use. */
export const getSupervision: Route = route({
  name: 'getSupervision',
  method: 'GET',
  path: '/api/v1/agents/{agent}/sessions/{session}/supervision',
  rights: ['act'],
  reach: 'agent',
  summary: 'what a supervised agent may reach and use, and how many of its actions were decided',
  answer: {
    status: 200,
    shape: z.strictObject({
      rule: z
        .strictObject({
          hosts: z.array(z.string()),
          networks: z.array(z.string()),
          limits: z.strictObject({
            memoryBytes: bound,
            processes: bound,
            cpuMs: bound,
            timeMs: bound,
            busyMs: bound,
            idleMs: bound,
          }),
        })
        .nullable(),
      decided: count,
    }),
  },
  codes: ['unknown-agent', 'unknown-session', 'session-closed', 'unavailable'],
  handle: (api, { params: { agent, session } }) => answerOf(supervisionIn(api, { agent, session })),
});
