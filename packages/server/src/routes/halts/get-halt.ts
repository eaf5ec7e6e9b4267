import { z } from 'zod';

import { isFor } from '../rights.ts';
import { answer, refuse, route, type Route } from '../route.ts';
import { queryNumber } from '../shapes.ts';
import { haltView } from './halt-shapes.ts';
import { seenBy } from './seen-by.ts';

const query = z.strictObject({
  waitMs: queryNumber.refine((ms) => ms <= 30_000, 'must be at most 30000').optional(),
  after: queryNumber.optional(),
});

/** One halt; held until it is effective, or has changed, when asked to wait. */
export const getHalt: Route = route({
  name: 'getHalt',
  method: 'GET',
  path: '/api/v1/halts/{halt}',
  rights: ['read', 'halt'],
  reach: 'handler',
  summary:
    'one halt; `waitMs` holds it until it is effective, or `after` this revision until it changed',
  query,
  answer: { status: 200, shape: haltView },
  codes: ['unknown-halt'],
  handle: async (
    { guard, services },
    { caller, params: { halt }, query: { waitMs = 0, after } },
  ) => {
    const unknown = refuse({ code: 'unknown-halt', detail: 'there is no such halt' });
    const known = await guard.findHalt(halt, 0);
    // What the caller is not for is like what is not there.
    if (known === undefined || (known.agent !== null && !isFor(caller, known.agent))) {
      return unknown;
    }
    const view = await guard.findHalt(halt, waitMs, after);
    return view === undefined ? unknown : answer(seenBy(caller, view, services.keys));
  },
});
