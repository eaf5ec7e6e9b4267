import { z } from 'zod';

import { answer, refuse, route, type Route } from '../route.ts';

/** Says whether decisions can be made durable, and if not, what is down. */
export const getReadiness: Route = route({
  name: 'getReadiness',
  method: 'GET',
  path: '/readyz',
  rights: [],
  reach: 'handler',
  summary: '200 while decisions can be made durable, else 503 with what is down',
  answer: { status: 200, shape: z.strictObject({ status: z.literal('ready') }) },
  codes: ['unavailable'],
  handle: ({ services }) => {
    const { isReady, down } = services.health.readiness();
    if (isReady) return answer({ status: 'ready' });
    return refuse({ code: 'unavailable', detail: `down: ${down.join(', ')}` });
  },
});
