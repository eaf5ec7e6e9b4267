import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { time } from '../shapes.ts';
import { factorId, factorKind } from './proof-shapes.ts';

const query = z.strictObject({ person: z.string().min(1).max(255).optional() });

const row = z.strictObject({
  id: factorId,
  kind: factorKind,
  name: z.string(),
  addedAt: time,
  usedAt: time.nullable(),
});

/** A person's second factors, without their secrets. */
export const listFactors: Route = route({
  name: 'listFactors',
  method: 'GET',
  path: '/api/v1/factors',
  rights: ['prove'],
  reach: 'node',
  summary: "your second factors, or, for an admin, those of `person` (an address, or a key's name)",
  query,
  answer: {
    status: 200,
    shape: z.strictObject({ rows: z.array(row), lockedUntil: time.nullable() }),
  },
  codes: [],
  handle: async ({ services }, { caller, query: { person = null } }) =>
    answerOf(await services.factors.list(caller, person)),
});
