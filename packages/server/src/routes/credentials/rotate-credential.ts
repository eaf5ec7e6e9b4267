import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { secret, shownCredential } from './credential-shapes.ts';

/** Puts another secret in the place of a credential's; it counts before this is answered. */
export const rotateCredential: Route = route({
  name: 'rotateCredential',
  method: 'POST',
  path: '/api/v1/credentials/{id}/rotate',
  rights: ['administer'],
  reach: 'node',
  summary: 'gives a credential another secret, at once',
  isRecording: true,
  body: { shape: z.strictObject({ secret }), example: { secret: '…' } },
  answer: { status: 200, shape: shownCredential },
  codes: ['not-found', 'conflict', 'unavailable'],
  handle: async ({ services }, { caller, params, body }) =>
    answerOf(await services.credentials.rotate(params.id, body.secret, caller)),
});
