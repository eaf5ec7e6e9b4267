import { z } from 'zod';

/** How much of what agents did is drawn for audits, and when. */
export type AuditsConfig = {
  /** In percent of the sessions of each stratum. */
  readonly rate: number;
  /** The same where it is raised; at least `rate`. */
  readonly raised: number;
  /** It is raised where an agent reports success in so many percent of its sessions. */
  readonly tooGood: number;
  /** How long a period lasts before it is drawn from by itself; null: only people draw. */
  readonly everyMs: number | null;
  /** Agents whose first period begins by itself. */
  readonly agents: readonly string[];
};

const DAY_MS = 86_400_000;
const percent = z.number().int().min(1).max(100);

/** `audits` as the file says it. */
export const auditsShape: z.ZodType<AuditsConfig, object | undefined> = z
  .strictObject({
    rate: percent.default(5),
    raised: percent.default(10),
    tooGood: percent.default(95),
    everyMs: z
      .number()
      .int()
      .min(1_000)
      .max(366 * DAY_MS)
      .nullable()
      .default(30 * DAY_MS),
    agents: z
      .array(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the id of an agent'))
      .max(1_000)
      .default([]),
  })
  .refine(({ rate, raised }) => raised >= rate, {
    message: 'must be at least `audits.rate`',
    path: ['raised'],
  })
  .prefault({});
