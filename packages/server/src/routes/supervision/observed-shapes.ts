import type { JsonObject } from '@plumbline/core';
import { z } from 'zod';

import type { Observed } from '../../guard/noted-types.ts';
import { count, object, sessionId } from '../shapes.ts';

const MOST_EVENTS = 500;
const events: z.ZodType<readonly JsonObject[]> = z.array(object).min(1).max(MOST_EVENTS);

/** What a supervisor saw. */
export const observedBody: z.ZodType<Omit<Observed, 'agent'>> = z
  .strictObject({
    session: sessionId,
    what: z.enum(['started', 'processes', 'connections', 'files', 'limit', 'ended']),
    refused: count,
    events,
    finding: z.enum(['limit_reached', 'connection_refused', 'escape_attempt']).optional(),
  })
  .refine(({ refused, events: all }) => refused <= all.length, {
    message: 'must be at most as many as there are events',
    path: ['refused'],
  });
