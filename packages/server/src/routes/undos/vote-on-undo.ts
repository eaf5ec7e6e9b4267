import { z } from 'zod';

import { proof, purposeOf } from '../factors/proof-shapes.ts';
import { answerOf, route, type Route } from '../route.ts';
import { digest, words } from '../shapes.ts';
import { findUndo } from './requested.ts';
import { shownUndo } from './undo-shapes.ts';

const body = z.strictObject({
  digest,
  outcome: z.enum(['approve', 'deny']),
  reason: words,
  proof: proof.optional(),
});

/** Another person's word on exactly what is to be taken back. */
export const voteOnUndo: Route = route({
  name: 'voteOnUndo',
  method: 'POST',
  path: '/api/v1/undos/{id}/votes',
  rights: ['approve'],
  reach: 'handler',
  summary: "another person's word on exactly these actions, by their digest",
  isRecording: true,
  body: {
    shape: body,
    example: {
      digest: `sha256:${'0'.repeat(64)}`,
      outcome: 'approve',
      reason: 'all five were booked by mistake',
    },
  },
  answer: { status: 200, shape: shownUndo },
  codes: [
    'not-found',
    'needs-proof',
    'bad-proof',
    'conflict',
    'forbidden',
    'overloaded',
    'unavailable',
  ],
  handle: async (api, { caller, params: { id }, body: said }) => {
    const found = findUndo(api, caller, id);
    if (found.refused !== null) return found.refused;
    const { proof: given, ...ballot } = said;
    const shown = { proof: given, purpose: purposeOf(`/api/v1/undos/${id}/votes`, said) };
    return answerOf(await api.services.undos.vote({ undo: id, ...ballot }, caller, shown));
  },
});
