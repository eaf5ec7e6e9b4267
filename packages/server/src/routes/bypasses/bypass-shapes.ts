import { z } from 'zod';

import { type Bypass, BYPASS_KINDS, type BypassRow } from '../../services/bypasses.ts';
import { agentId, count, digest, time } from '../shapes.ts';

const printable = (most: number): z.ZodType<string> =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, 'must be printable letters');

const members = {
  what: z.enum(BYPASS_KINDS),
  agent: agentId.nullable(),
  client: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/)
    .nullable(),
  server: printable(128).nullable(),
  tool: printable(255).nullable(),
  evidence: printable(300),
  seenAtMs: time.nullable(),
};

/** A finding as it is reported. */
export const bypassFound: z.ZodType<Bypass> = z.strictObject(members);

const row = { ...members, id: digest, at: time, index: count, by: z.string() };

/** A finding as the ledger holds it. */
export const bypassRow: z.ZodType<BypassRow> = z.strictObject(row);

/** The same with what became of it. */
export const takenBypass: z.ZodType = z.strictObject({
  ...row,
  isRepeat: z.boolean(),
  isHalted: z.boolean(),
});
