import { answerOf, route, type Route } from '../route.ts';

/** A proof of one entry that travels alone. */
export const getProof: Route = route({
  name: 'getProof',
  method: 'GET',
  path: '/api/v1/log/entries/{index}/proof',
  rights: ['read'],
  reach: 'node',
  summary: 'a `.tlog-proof`',
  answer: { status: 200, type: 'text/plain' },
  codes: ['not-found', 'unavailable'],
  handle: async ({ services }, { params }) => {
    const proof = await services.log.proof(Number(params.index));
    if (!proof.ok) return answerOf(proof);
    return {
      kind: 'bytes',
      type: 'text/plain; charset=utf-8',
      bytes: proof.value,
      cache: 'no-store',
    };
  },
});
