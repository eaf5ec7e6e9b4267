import { z } from 'zod';

import type { PactRow, PactVersion, PublishingRule } from '../../services/services.ts';
import { count, digest, time } from '../shapes.ts';

const row = {
  digest,
  state: z.enum(['proposed', 'armed', 'shadow', 'earlier', 'withdrawn']),
  at: time,
  index: count,
  by: z.string(),
  approvedBy: z.string().nullable(),
  reason: z.string(),
  breakGlass: z.string().optional(),
};

/** One version of a pact. */
export const pactRow: z.ZodType<PactRow> = z.strictObject(row);

/** How many people publishing takes, and the verifier keys of those who sign. */
export const publishingRule: z.ZodType<PublishingRule> = z.strictObject({
  people: z.union([z.literal(1), z.literal(2)]),
  signers: z.array(z.string()),
});

/** Source files by path. */
export const files: z.ZodType<Readonly<Record<string, string>>> = z.record(
  z.string().min(1).max(512),
  z.string().max(1_048_576),
);

/** One version with its sources. */
export const pactVersion: z.ZodType<PactVersion> = z.strictObject({
  ...row,
  entry: z.string(),
  files,
  signatures: z.array(z.string()),
});
