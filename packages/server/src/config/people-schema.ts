import { z } from 'zod';

import type { BreakGlassConfig, GrantRule } from './people.ts';

/** The part of `authority` about what people prove and give, as the file says it. */
export type SettledPeople = {
  readonly webauthn: { readonly rpId: string | null; readonly origins: readonly string[] };
  readonly grants: readonly GrantRule[];
};

const DAY_MS = 86_400_000;
const count = (least: number, most: number): z.ZodNumber => z.number().int().min(least).max(most);
const text = z.string().min(1).max(200);
const factor = z.enum(['totp', 'webauthn']);

const approvers = z
  .array(
    z
      .string()
      .regex(
        /^(?:role:[A-Za-z0-9_.-]{1,100}|[^\s@]{1,64}@[^\s@]{1,190})$/,
        'must be an address or `role:<group>`',
      ),
  )
  .max(1_000);

const grant: z.ZodType<GrantRule> = z.strictObject({
  by: approvers.min(1),
  claim: text,
  values: z.array(text).min(1).max(64),
  agents: z.array(z.string().min(1).max(63)).min(1).max(1_000).nullable().default(null),
  maxMs: count(1_000, DAY_MS).default(600_000),
  factor: factor.default('totp'),
  self: z.boolean().default(false),
});

/** The members of `authority` about what people prove and give. */
export const peopleShapes: {
  readonly webauthn: z.ZodType<SettledPeople['webauthn'], object | undefined>;
  readonly grants: z.ZodType<SettledPeople['grants'], readonly unknown[] | undefined>;
} = {
  webauthn: z
    .strictObject({
      rpId: z.string().min(1).max(253).nullable().default(null),
      origins: z
        .array(z.url({ protocol: /^https?$/ }))
        .max(100)
        .default([]),
    })
    .prefault({}),
  grants: z.array(grant).max(1_000).default([]),
};

/** `approvals` as the file says it. */
export const approvalsShape: z.ZodType<
  { readonly factor: 'none' | 'totp' | 'webauthn' },
  object | undefined
> = z.strictObject({ factor: z.enum(['none', 'totp', 'webauthn']).default('none') }).prefault({});

/** `breakGlass` as the file says it. */
export const breakGlassShape: z.ZodType<BreakGlassConfig, object | undefined> = z
  .strictObject({
    holders: approvers.default([]),
    roles: z
      .array(z.enum(['operator', 'approver', 'admin']))
      .max(3)
      .default(['operator', 'approver', 'admin']),
    maxMinutes: count(1, 1_440).default(60),
    factor: factor.default('totp'),
    reviewWithinMs: count(1_000, 90 * DAY_MS).default(DAY_MS),
    publishing: z.boolean().default(false),
  })
  .prefault({});
