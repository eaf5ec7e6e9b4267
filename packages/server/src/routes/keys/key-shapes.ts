import { z } from 'zod';

import type { ShownKey } from '../../services/services.ts';
import { agentId, time } from '../shapes.ts';

/** What a key is for, as it is asked and shown. */
export const keyMembers: {
  readonly kind: z.ZodType<ShownKey['kind']>;
  readonly name: z.ZodType<string>;
  readonly roles: z.ZodType<ShownKey['roles']>;
  readonly scopes: z.ZodType<readonly string[]>;
  readonly agents: z.ZodType<readonly string[] | null>;
  readonly expiresAt: z.ZodType<number | null>;
  readonly email: z.ZodType<string | null>;
  readonly groups: z.ZodType<readonly string[]>;
} = {
  kind: z.enum(['person', 'agent', 'opener', 'service']),
  name: z.string().min(1).max(256),
  roles: z.array(z.enum(['viewer', 'operator', 'approver', 'admin'])).max(4),
  scopes: z.array(z.enum(['read', 'measure', 'halt', 'lock'])).max(4),
  agents: z.array(agentId).min(1).max(1000).nullable(),
  expiresAt: time.nullable(),
  email: z.string().min(3).max(255).nullable(),
  groups: z.array(z.string().min(1).max(100)).max(100),
};

/** What an opener may attest of principals. */
export const keyGrants: z.ZodType<NonNullable<ShownKey['grants']>> = z
  .array(
    z.strictObject({
      claim: z.string().min(1).max(200),
      values: z.array(z.string().min(1).max(512)).min(1).max(64),
      maxMs: z.int().min(1_000).max(2_592_000_000).default(3_600_000),
    }),
  )
  .max(100);

/** A key as it is shown: without secret and hash. */
export const shownKey: z.ZodType<ShownKey> = z.strictObject({
  id: z.string(),
  ...keyMembers,
  grants: keyGrants.optional(),
  addedAt: time,
  addedBy: z.string(),
  revokedAt: time.nullable(),
});
