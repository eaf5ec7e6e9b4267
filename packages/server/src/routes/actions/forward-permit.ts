import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { count, decisionId, json } from '../shapes.ts';
import { readRedeem, type RedeemBody, redeemBody } from './action-shapes.ts';

/** Uses a permit for a call that the daemon makes, with a credential the caller never has. */
export const forwardPermit: Route = route<RedeemBody>({
  name: 'forwardPermit',
  method: 'POST',
  path: '/api/v1/agents/{agent}/permits/forward',
  rights: ['act'],
  reach: 'agent',
  summary: 'uses a permit, once, for the call its tool is configured to be; records the outcome',
  body: { shape: redeemBody, read: readRedeem, example: { token: '…' } },
  answer: {
    status: 200,
    shape: z.strictObject({
      decision: decisionId,
      index: count,
      status: z.enum(['ok', 'error', 'not_sent', 'unknown']),
      http: count.nullable(),
      result: json,
      say: z.string().nullable(),
    }),
  },
  codes: [
    'unknown-agent',
    'unknown-session',
    'session-closed',
    'unknown-decision',
    'outcome-known',
    'permit-used',
    'permit-expired',
    'permit-void',
    'permit-unknown',
    'no-upstream',
    'no-credential',
    'not-forwardable',
    'too-large',
    'overloaded',
    'unavailable',
  ],
  handle: async ({ services }, { params: { agent }, body: { token } }) => {
    const forwarded = await services.broker.forward({ agent, token });
    if (!forwarded.ok && forwarded.error.code.startsWith('permit-')) {
      services.health.noteRefused('bad-permit');
    }
    return answerOf(forwarded);
  },
});
