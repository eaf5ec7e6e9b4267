import { route, type Route } from '../route.ts';

/** Prometheus text. */
export const getMetrics: Route = route({
  name: 'getMetrics',
  method: 'GET',
  path: '/metrics',
  rights: ['measure'],
  reach: 'node',
  summary: 'Prometheus text',
  answer: { status: 200, type: 'text/plain' },
  codes: [],
  handle: async ({ metrics }) => {
    const { type, text } = await metrics.text();
    return { kind: 'bytes', type, bytes: text, cache: 'no-store' };
  },
});
