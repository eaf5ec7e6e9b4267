import { z } from 'zod';

import { LABELS } from '../../guard/people.ts';
import type { LabelledCases } from '../../services/labelled-case.ts';
import { refuseNamed } from '../named-agent.ts';
import { answerOf, route, type Route } from '../route.ts';
import { decisionId, digest, object, sessionId, time, verdict } from '../shapes.ts';

const row = z.strictObject({
  id: z.string(),
  decision: decisionId,
  session: sessionId,
  decidedAt: time,
  at: time,
  pact: digest,
  tool: z.string(),
  args: object,
  attributes: object,
  task: z.string().nullable(),
  principalText: z.string().nullable(),
  verdict,
  rules: z.array(z.string()),
  label: z.enum(LABELS),
  expect: verdict.nullable(),
  source: z.enum(['correction', 'approval', 'gate', 'lock', 'audit']),
  by: z.string(),
  note: z.string().nullable(),
});

const shape: z.ZodType<LabelledCases> = z.strictObject({
  rows: z.array(row),
  isComplete: z.boolean(),
});

/** What people said of an agent's decisions, as cases. That they were read is recorded. */
export const listCases: Route = route({
  name: 'listCases',
  method: 'GET',
  path: '/api/v1/agents/{agent}/cases',
  rights: ['read-sealed'],
  reach: 'agent',
  summary: "the agent's labelled cases, opened; the reading itself is recorded",
  answer: { status: 200, shape },
  codes: ['unknown-agent', 'unavailable', 'overloaded'],
  handle: async ({ guard, services }, { caller, params: { agent } }) => {
    const refused = refuseNamed({ guard }, caller, agent);
    if (refused !== null) return refused;
    return answerOf(await services.cases.list(agent, caller));
  },
});
