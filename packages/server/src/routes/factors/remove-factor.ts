import { z } from 'zod';

import { answerOf, route, type Route } from '../route.ts';
import { recorded, words } from '../shapes.ts';
import { proof, purposeOf } from './proof-shapes.ts';

const body = z.strictObject({
  person: z.string().min(1).max(255).optional(),
  reason: words,
  proof: proof.optional(),
});

const UNRECORDED: ReadonlySet<string> = new Set(['unavailable', 'overloaded']);

/** Removes a second factor: one's own with a proof, another person's as an admin. */
export const removeFactor: Route = route({
  name: 'removeFactor',
  method: 'POST',
  path: '/api/v1/factors/{id}/remove',
  rights: ['prove'],
  reach: 'node',
  summary: 'removes a factor: your own with a `proof`, that of another `person` as an admin',
  isRecording: true,
  body: { shape: body, example: { reason: 'the phone is lost', person: 'ada@example.com' } },
  answer: { status: 200, shape: recorded },
  codes: ['not-found', 'needs-proof', 'bad-proof', 'unavailable'],
  handle: async ({ services }, { caller, params: { id }, body: given }) => {
    const { person = null, reason } = given;
    const purpose = purposeOf(`/api/v1/factors/${id}/remove`, given);
    const removal = { id, person, reason, proof: given.proof, purpose };
    const removed = await services.factors.remove(removal, caller);
    // Also where the record failed: what was proved by a factor that is gone is over. Who may not
    // remove it ends nobody's sign-in.
    if (removed.ok || UNRECORDED.has(removed.error.code)) await services.signIns.factorRemoved(id);
    return answerOf(removed);
  },
});
