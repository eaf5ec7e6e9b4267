import { z } from 'zod';

import type { Api } from '../api.ts';
import { answer, refuse, route, type Route } from '../route.ts';

const shape = z.strictObject({
  status: z.literal('ready'),
  attention: z.array(z.string()).optional(),
});

/** Says whether decisions can be made durable, and if not, what is down. */
export const getReadiness: Route = route({
  name: 'getReadiness',
  method: 'GET',
  path: '/readyz',
  rights: [],
  reach: 'handler',
  summary: '200 while decisions can be made durable, with what waits for people; else 503',
  answer: { status: 200, shape: shape },
  codes: ['unavailable'],
  handle: ({ services }) => {
    const { isReady, down } = services.health.readiness();
    if (isReady) return answer({ status: 'ready', ...attention(services) });
    return refuse({ code: 'unavailable', detail: `down: ${down.join(', ')}` });
  },
});

/** What keeps nothing from working and waits for a person all the same. */
function attention({ breakGlass, drills, notices, audits }: Api['services']): {
  readonly attention?: readonly string[];
} {
  const { overdue } = breakGlass.sums();
  const what = overdue === 1 ? '1 review' : `${overdue} reviews`;
  const reviews =
    overdue === 0 ? [] : [`${what} of emergency access overdue: plumb break-glass list`];
  const all = [reviews, drills.attention(), notices.attention(), audits.attention()].flat();
  return all.length === 0 ? {} : { attention: all };
}
