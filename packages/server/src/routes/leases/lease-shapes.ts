import { z } from 'zod';

import type { Executed } from '../../guard/halts/executing.ts';
import type { EndedCall, LeaseRequest } from '../../guard/halts/lease.ts';
import type { Stop } from '../../guard/halts/order.ts';
import { count, decisionId, sessionId } from '../shapes.ts';

const MOST = 10_000;
const used = z.array(decisionId).max(MOST);
const MOST_EXECUTORS = 16;
const executorName = z.string().regex(/^[a-z][a-z-]{0,62}$/);

const executed: z.ZodType<Executed> = z.strictObject({
  executor: executorName,
  state: z.enum(['done', 'failed']),
  ms: z.number().min(0),
  tries: count,
  why: z.string().max(1_000).nullable(),
});

/** What an enforcement point calls itself. */
export const takeBody: z.ZodType<Pick<LeaseRequest, 'name' | 'executors' | 'session'>> =
  z.strictObject({
    name: z.string().min(1).max(200),
    executors: z.array(executorName).max(MOST_EXECUTORS).optional(),
    session: sessionId.optional(),
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
  readonly executed?: readonly Executed[] | undefined;
}> = z.strictObject({
  stop: count,
  used,
  executed: z.array(executed).max(MOST_EXECUTORS).optional(),
});

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
