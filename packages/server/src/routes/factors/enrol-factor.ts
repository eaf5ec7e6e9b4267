import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { json, plainName, time } from '../shapes.ts';
import { factorId, factorKind, proof, purposeOf } from './proof-shapes.ts';

const body = z.strictObject({
  kind: factorKind,
  name: plainName(z.string().min(1).max(100)),
  proof: proof.optional(),
});

const begun = { id: factorId, expiresAtMs: time };

/** Begins a second factor; it counts once it is confirmed. */
export const enrolFactor: Route = route({
  name: 'enrolFactor',
  method: 'POST',
  path: '/api/v1/factors',
  rights: ['prove'],
  reach: 'node',
  summary: 'begins a second factor; its secret is answered this once, and it counts once confirmed',
  isRecording: true,
  isSecret: true,
  body: { shape: body, example: { kind: 'totp', name: 'my phone' } },
  answer: {
    status: 201,
    shape: z.union([
      z.strictObject({ ...begun, kind: z.literal('totp'), uri: z.string(), secret: z.string() }),
      z.strictObject({ ...begun, kind: z.literal('webauthn'), options: json }),
    ]),
  },
  codes: ['needs-proof', 'bad-proof', 'conflict', 'overloaded', 'unavailable'],
  handle: async ({ services }, { caller, body: given }) => {
    const { kind, name } = given;
    const purpose = purposeOf('/api/v1/factors', given);
    const asked = { kind, name, proof: given.proof, purpose };
    return answerOf(await services.factors.enrol(asked, caller), { status: 201 });
  },
});
