import { answerOf, route, type Route } from '../route.ts';

/** The exact bytes of one entry. */
export const getEntry: Route = route({
  name: 'getEntry',
  method: 'GET',
  path: '/api/v1/log/entries/{index}',
  rights: ['read'],
  reach: 'node',
  summary: 'the exact bytes of one entry',
  answer: { status: 200, type: 'application/octet-stream' },
  codes: ['not-found', 'unavailable'],
  handle: async ({ services }, { params }) => {
    const entry = await services.log.entry(Number(params.index));
    if (!entry.ok) return answerOf(entry);
    const type = 'application/octet-stream';
    return { kind: 'bytes', type, bytes: entry.value, cache: 'private, immutable' };
  },
});
