import { z } from 'zod';

/** How drills are judged; when they are due is in pacts. */
export type DrillConfig = {
  /** A drill fails where a measured time is beyond it, in ms. */
  readonly boundMs: number;
  /** How long after it was due a drill is overdue, in ms. */
  readonly graceMs: number;
  /** Addresses of people who hold the right to halt by an issuer's token, which no key shows. */
  readonly holders: readonly string[];
};

const DAY_MS = 86_400_000;
const count = (least: number, most: number): z.ZodNumber => z.number().int().min(least).max(most);

/** The shape of the setting `drills`. */
export const drillsShape: z.ZodType<DrillConfig, object | undefined> = z
  .strictObject({
    boundMs: count(50, 60_000).default(1_000),
    graceMs: count(1_000, 30 * DAY_MS).default(3_600_000),
    holders: z
      .array(z.string().regex(/^[^\s@]{1,64}@[^\s@]{1,190}$/, 'must be an address'))
      .max(1_000)
      .default([]),
  })
  .prefault({});
