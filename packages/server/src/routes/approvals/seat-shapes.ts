import { z } from 'zod';

import { time } from '../shapes.ts';

/** The members of a seat that was given away. */
export const seatMembers: Readonly<Record<string, z.ZodType>> = {
  id: z.string(),
  from: z.string(),
  to: z.string(),
  untilMs: time,
  givenAt: time,
};
