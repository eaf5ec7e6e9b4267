import { z } from 'zod';

import type { Drill } from '../../drills/drill.ts';
import type { DrillStanding } from '../../drills/drills.ts';
import { agentId, count, time } from '../shapes.ts';

/** One drill as it is shown. */
export const shownDrill: z.ZodType<Drill> = z.strictObject({
  id: z.string(),
  agent: agentId,
  state: z.enum(['running', 'passed', 'failed', 'interrupted']),
  why: z.string().nullable(),
  cause: z.enum(['asked', 'scheduled']),
  by: z.string(),
  boundMs: count,
  startedAt: time,
  endedAt: time.nullable(),
  session: z.string().nullable(),
  halt: z.string().nullable(),
  times: z.strictObject({ latchedMs: count, effectiveMs: count, lastForwardMs: count }).nullable(),
  forwarded: count,
  refused: count,
  practised: z.array(
    z.strictObject({
      what: z.string(),
      state: z.enum(['practised', 'checked', 'skipped', 'failed']),
      ms: count.nullable(),
      why: z.string().nullable(),
    }),
  ),
  holders: count,
  needed: count,
});

/** How one agent stands. */
export const shownStanding: z.ZodType<DrillStanding> = z.strictObject({
  agent: agentId,
  rule: z.strictObject({ everyMs: count, holders: count }).nullable(),
  last: shownDrill.nullable(),
  lastPassedAt: time.nullable(),
  isRunning: z.boolean(),
  dueAt: time.nullable(),
  isOverdue: z.boolean(),
  holders: count,
  needed: count,
  missing: count,
  entries: z.array(count),
});
