import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { decisionId, object } from '../shapes.ts';
import { readRedeem, type RedeemBody, redeemBody } from './action-shapes.ts';

/** Uses a permit, at the moment of forwarding. */
export const redeemPermit: Route = route<RedeemBody>({
  name: 'redeemPermit',
  method: 'POST',
  path: '/api/v1/agents/{agent}/permits/redeem',
  rights: ['act'],
  reach: 'agent',
  summary: 'uses a permit, once; the answer holds the arguments to act with',
  body: { shape: redeemBody, read: readRedeem, example: { token: '…' } },
  answer: { status: 200, shape: z.strictObject({ decision: decisionId, args: object }) },
  codes: [
    'unknown-agent',
    'permit-used',
    'permit-expired',
    'permit-void',
    'permit-unknown',
    'unavailable',
  ],
  handle: ({ guard, services }, { params: { agent }, body: { token } }) => {
    const redeemed = guard.redeem({ agent, token });
    if (!redeemed.ok && redeemed.error.code.startsWith('permit-')) {
      services.health.noteRefused('bad-permit');
    }
    return answerOf(redeemed);
  },
});
