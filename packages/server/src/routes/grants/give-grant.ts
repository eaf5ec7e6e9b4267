import { z } from 'zod';

import { proof, purposeOf } from '../factors/proof-shapes.ts';
import { answerOf, route, type Route } from '../route.ts';
import { count, time, words } from '../shapes.ts';

const text = z.string().min(1).max(200);

const body = z.strictObject({
  claim: text,
  value: text,
  actions: z.array(text).min(1).max(64),
  withinMs: z.int().min(1_000).max(86_400_000),
  reason: words,
  proof: proof.optional(),
});

/** Gives a session an elevated claim for one use. */
export const giveGrant: Route = route({
  name: 'giveGrant',
  method: 'POST',
  path: '/api/v1/agents/{agent}/sessions/{session}/grants',
  rights: ['prove'],
  reach: 'agent',
  summary: 'an elevated grant: one claim, for some actions, for a time, spent by its first use',
  isRecording: true,
  body: {
    shape: body,
    example: {
      claim: 'roles',
      value: 'crm-export',
      actions: ['crm.export'],
      withinMs: 300_000,
      reason: 'the quarterly report',
      proof: { factor: 'totp', code: '123456' },
    },
  },
  answer: {
    status: 201,
    shape: z.strictObject({ index: count, grant: z.string(), untilMs: time }),
  },
  codes: [
    'unknown-agent',
    'unknown-session',
    'session-closed',
    'needs-proof',
    'bad-proof',
    'overloaded',
    'unavailable',
  ],
  handle: async ({ services }, { caller, params: { agent, session }, body: given }) => {
    const { proof: shown, ...rest } = given;
    const purpose = purposeOf(`/api/v1/agents/${agent}/sessions/${session}/grants`, given);
    const request = { ...rest, agent, session, proof: shown, purpose };
    return answerOf(await services.grants.give(request, caller), { status: 201 });
  },
});
