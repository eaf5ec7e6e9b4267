import { z } from 'zod';

import type { Confirmation } from '../../services/factors/factors.ts';
import { answerOf, route, type Route } from '../route.ts';
import { count, object } from '../shapes.ts';
import { code, factorId } from './proof-shapes.ts';

const body: z.ZodType<Confirmation> = z.union([
  z.strictObject({ code }),
  z.strictObject({ response: object }),
]);

/** Makes a second factor count. */
export const confirmFactor: Route = route({
  name: 'confirmFactor',
  method: 'POST',
  path: '/api/v1/factors/{id}/confirm',
  rights: ['prove'],
  reach: 'node',
  summary: 'makes a begun factor count: a `code`, or the `response` of an authenticator',
  isRecording: true,
  body: { shape: body, example: { code: '123456' } },
  answer: { status: 201, shape: z.strictObject({ index: count, id: factorId }) },
  codes: ['not-found', 'conflict', 'bad-proof', 'unavailable'],
  handle: async ({ services }, { caller, params: { id }, body: confirmation }) =>
    answerOf(await services.factors.confirm({ id, confirmation }, caller), { status: 201 }),
});
