import { z } from 'zod';

import { proof, purposeOf } from '../factors/proof-shapes.ts';
import { answerOf, route, type Route } from '../route.ts';
import { count, time, words } from '../shapes.ts';
import { role } from './break-glass-shapes.ts';

const body = z.strictObject({
  reason: words,
  roles: z.array(role).min(1).max(3),
  minutes: z.int().min(1).max(1_440),
  proof: proof.optional(),
});

/** Takes roles for a time, in an emergency. */
export const startBreakGlass: Route = route({
  name: 'startBreakGlass',
  method: 'POST',
  path: '/api/v1/break-glass',
  rights: ['prove'],
  reach: 'node',
  summary: 'takes roles for a time; every call under them is recorded, and another person reviews',
  isRecording: true,
  body: {
    shape: body,
    example: {
      reason: 'the payments gateway is down',
      roles: ['operator'],
      minutes: 30,
      proof: { factor: 'totp', code: '123456' },
    },
  },
  answer: {
    status: 201,
    shape: z.strictObject({ index: count, id: z.string(), roles: z.array(role), untilMs: time }),
  },
  codes: ['needs-proof', 'bad-proof', 'conflict', 'unavailable'],
  handle: async ({ services }, { caller, body: given }) => {
    const { proof: shown, ...rest } = given;
    const request = { ...rest, proof: shown, purpose: purposeOf('/api/v1/break-glass', given) };
    return answerOf(await services.breakGlass.start(request, caller), { status: 201 });
  },
});
