import { z } from 'zod';

import type { Kept } from '../../services/retention.ts';
import { answer, route, type Route } from '../route.ts';
import { count, time } from '../shapes.ts';

const kept: z.ZodType<Kept> = z.strictObject({
  entries: count,
  oldestAt: time.nullable(),
  logs: z.array(
    z.strictObject({
      origin: z.string(),
      start: count,
      entries: count,
      firstAt: time.nullable(),
      rolledAt: time.nullable(),
    }),
  ),
  rollAtEntries: count.nullable(),
  erased: z.strictObject({ count, isMore: z.boolean(), lastAt: time.nullable() }),
  disk: z.strictObject({ freeBytes: count.nullable(), warnBytes: count, refuseBytes: count }),
});

/** What the node keeps, and how much of it there is. */
export const getRetention: Route = route({
  name: 'getRetention',
  method: 'GET',
  path: '/api/v1/retention',
  rights: ['read'],
  reach: 'node',
  summary: 'what is kept: entries and logs since when, people erased, room on the disk',
  answer: { status: 200, shape: kept },
  codes: ['unavailable'],
  handle: async ({ services }) => answer(await services.retention.look()),
});
