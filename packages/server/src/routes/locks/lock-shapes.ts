import { z } from 'zod';

import type { ShownLock } from '../../guard/people.ts';
import { time, words } from '../shapes.ts';

const name = z.string().min(1).max(255);

/** What a lock is on: an entity of the pact's tools, or one field of it. */
const lockOn = { entity: name, id: name, field: name.nullable().optional() };

/** A lock to be set. */
export type LockBody = {
  readonly entity: string;
  readonly id: string;
  readonly field?: string | null | undefined;
  readonly untilMs?: number | null | undefined;
  readonly reason: string;
};

/** Its shape. */
export const lockBody: z.ZodType<LockBody> = z.strictObject({
  ...lockOn,
  untilMs: time.nullable().optional(),
  reason: words,
});

/** The shape of what names a lock to be taken away. */
export const unlockBody: z.ZodType<Omit<LockBody, 'untilMs'>> = z.strictObject({
  ...lockOn,
  reason: words,
});

/** A lock as it is shown. */
export const shownLock: z.ZodType<ShownLock> = z.strictObject({
  entity: z.string(),
  id: z.string(),
  field: z.string().nullable(),
  untilMs: time.nullable(),
  by: z.string(),
  reason: z.string().nullable(),
  at: time,
  isOnEveryAgent: z.boolean(),
});

/** Where a lock was recorded, and which tools of the armed pacts it stops. */
export const placedLock: z.ZodType = z.strictObject({
  index: z.int().min(0),
  stops: z.array(z.string()),
});

/** The example of a lock. */
export const LOCK_EXAMPLE = { entity: 'ticket', id: 'T-7', reason: 'a person closed it' } as const;
