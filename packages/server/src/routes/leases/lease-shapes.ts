import { z } from 'zod';

import type { EndedCall } from '../../guard/halts/lease.ts';
import type { Stop } from '../../guard/halts/order.ts';
import { count, decisionId } from '../shapes.ts';

const MOST = 10_000;
const used = z.array(decisionId).max(MOST);

/** What an enforcement point calls itself. */
export const takeBody: z.ZodType<{ readonly name: string }> = z.strictObject({
  name: z.string().min(1).max(200),
});

/** What was forwarded and is not reported yet, and calls that ended after a halt. */
export const renewBody: z.ZodType<{
  readonly used: readonly string[];
  readonly ended: readonly EndedCall[];
}> = z.strictObject({
  used,
  ended: z
    .array(z.strictObject({ decision: decisionId, end: z.enum(['cancelled', 'finished']) }))
    .max(MOST),
});

/** The stop that is gone by, and everything that was forwarded and is not reported yet. */
export const acknowledgeBody: z.ZodType<{
  readonly stop: number;
  readonly used: readonly string[];
}> = z.strictObject({ stop: count, used });

/** Everything that was forwarded and is not reported yet. */
export const giveUpBody: z.ZodType<{ readonly used: readonly string[] }> = z.strictObject({ used });

const standing = { lastsMs: count, stop: count, epoch: count };

/** A lease as it is given. */
export const givenLease: z.ZodType = z.strictObject({ lease: z.string(), ...standing });

/** What a renewal answers. */
export const renewed: z.ZodType = z.strictObject(standing);

/** The number of the last stop. */
export const lastStop: z.ZodType = z.strictObject({ stop: count });

const stop: z.ZodType<Stop> = z.strictObject({
  stop: count,
  epoch: count,
  halt: z.string().nullable(),
  cancels: z.boolean(),
  voidsAll: z.boolean(),
  sessions: z.array(z.string()).nullable(),
  tool: z.string().nullable(),
});

/** The stops after one that is known. */
export const nextStops: z.ZodType = z.strictObject({ stop: count, stops: z.array(stop) });
