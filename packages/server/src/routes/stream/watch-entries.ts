import { z } from 'zod';

import type { Caller } from '../caller.ts';
import type { Api } from '../api.ts';
import { isGoodKey } from '../gate/authenticate.ts';
import { refuse, route, type Route } from '../route.ts';
import { queryNumber } from '../shapes.ts';

const query = z.strictObject({ after: queryNumber.optional() });

/** What is written from now on, or since an index, as server-sent events. */
export const watchEntries: Route = route({
  name: 'watchEntries',
  method: 'GET',
  path: '/api/v1/stream',
  rights: ['read'],
  reach: 'handler',
  summary:
    'the rows of `GET /api/v1/events` as they are written, oldest first, as server-sent events',
  query,
  answer: { status: 200, type: 'text/event-stream' },
  codes: ['overloaded'],
  handle: (api, { caller, headers, query: { after } }) => {
    const last = /^\d{1,15}$/.exec(String(headers['last-event-id'] ?? ''))?.[0];
    const watching = api.live.watch({
      by: caller.id,
      after: last === undefined ? (after ?? null) : Number(last),
      agents: caller.agents,
      isGood: () => isStillGood(api, caller),
    });
    if (watching !== null) return { kind: 'stream', status: 200, write: watching };
    const detail = 'too many streams are open: close one, or ask again later';
    return refuse({ code: 'overloaded', detail });
  },
});

/** A stream outlives neither the sign-in nor the key it was opened with. */
function isStillGood({ services, clock }: Api, { id, signIn }: Caller): boolean {
  if (signIn !== undefined) return services.signIns.isOpen(signIn);
  const key = services.keys.find(id);
  return key === undefined || isGoodKey(key, clock());
}
