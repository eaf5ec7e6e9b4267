import { z } from 'zod';

import type { ShownGlass } from '../../services/break-glass.ts';
import { count, time } from '../shapes.ts';

/** A role that is taken for a time. */
export const role: z.ZodType<'operator' | 'approver' | 'admin'> = z.enum([
  'operator',
  'approver',
  'admin',
]);

/** What a review found. */
export const reviewFinding: z.ZodType<'justified' | 'not-justified'> = z.enum([
  'justified',
  'not-justified',
]);

/** One break-glass as it is listed. */
export const shownGlass: z.ZodType<ShownGlass> = z.strictObject({
  id: z.string(),
  what: z.enum(['taken', 'recovered']),
  roles: z.array(z.enum(['viewer', 'operator', 'approver', 'admin'])),
  reason: z.string(),
  by: z.string(),
  person: z.string(),
  key: z.string().nullable(),
  at: time,
  index: count,
  untilMs: time.nullable(),
  endedAt: time.nullable(),
  ended: z.string().nullable(),
  review: z
    .strictObject({ finding: reviewFinding, reason: z.string(), by: z.string(), at: time })
    .nullable(),
  reviewByMs: time,
});
