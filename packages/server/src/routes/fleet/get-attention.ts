import { z } from 'zod';

import { attentionOf } from '../../services/fleet/attention.ts';
import { ATTENTION_KINDS, PRESSING } from '../../services/fleet/attention-item.ts';
import { answer, route, type Route } from '../route.ts';
import { agentId, count, sessionId, time } from '../shapes.ts';

const item = z.strictObject({
  kind: z.enum(ATTENTION_KINDS),
  id: z.string(),
  severity: z.enum(PRESSING),
  agent: agentId.nullable(),
  session: sessionId.nullable(),
  at: time.nullable(),
  dueAt: time.nullable(),
  title: z.string(),
  detail: z.string().nullable(),
  entries: z.array(count),
  path: z.string(),
});

/** What waits for a person, the most pressing first. */
export const getAttention: Route = route({
  name: 'getAttention',
  method: 'GET',
  path: '/api/v1/attention',
  rights: ['read'],
  reach: 'handler',
  summary: 'what waits for a person, the most pressing first, each with the entries behind it',
  answer: {
    status: 200,
    shape: z.strictObject({
      at: time,
      rows: z.array(item),
      counts: z.partialRecord(z.enum(ATTENTION_KINDS), count),
      isComplete: z.boolean(),
    }),
  },
  codes: [],
  handle: async (api, { caller }) => answer(await attentionOf(api, caller.agents)),
});
