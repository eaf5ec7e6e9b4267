import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { recorded } from '../shapes.ts';

const body = z.strictObject({
  resolved: z.boolean(),
  note: z.string().min(1).max(10_000).optional(),
});

/** What an agent says of its own session. Audits are drawn by it, and reviewers never see it. */
export const reportSession: Route = route({
  name: 'reportSession',
  method: 'POST',
  path: '/api/v1/agents/{agent}/sessions/{session}/report',
  rights: ['act'],
  reach: 'agent',
  summary: 'the agent says whether it did what was asked; the last word before the end counts',
  isRecording: true,
  body: { shape: body, example: { resolved: true, note: 'refunded, and the customer agreed' } },
  answer: { status: 201, shape: recorded },
  codes: [
    'unknown-agent',
    'unknown-session',
    'session-closed',
    'too-large',
    'overloaded',
    'unavailable',
  ],
  handle: async ({ guard }, { params: { agent, session }, body: { resolved, note = null } }) =>
    answerOf(await guard.reported({ agent, session, resolved, note }), { status: 201 }),
});
