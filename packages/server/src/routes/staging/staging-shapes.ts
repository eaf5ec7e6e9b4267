import { STAGING_CHECKS, STAGING_PHASES } from '@plumbline/core';
import { z } from 'zod';

import type { ChangedStaging, StagingView } from '../../guard/staging-types.ts';
import { agentId, count, digest, time } from '../shapes.ts';

const phase = z.enum(STAGING_PHASES);

/** How an agent's staged actions stand. */
export const stagingView: z.ZodType<StagingView> = z.strictObject({
  agent: agentId,
  pact: digest,
  tools: z.array(z.string()),
  upstream: z.string(),
  share: z.number().min(0).max(1).nullable(),
  phase,
  isHeld: z.boolean(),
  since: time,
  by: z.string(),
  dueAt: time.nullable(),
  next: phase.nullable(),
  checks: z.array(
    z.strictObject({
      name: z.enum(STAGING_CHECKS),
      seen: count,
      bad: count,
      sample: count,
      allowed: z.int(),
      state: z.enum(['open', 'passed', 'failed']),
    }),
  ),
});

/** What holds after a change, and where it was recorded. */
export const changedStaging: z.ZodType<ChangedStaging> = z.strictObject({
  index: count,
  phase,
  isHeld: z.boolean(),
});
