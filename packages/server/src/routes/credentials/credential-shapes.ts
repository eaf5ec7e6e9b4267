import { z } from 'zod';

import type { Credential } from '../../store/vault.ts';
import { agentId, count, time } from '../shapes.ts';

const inject: z.ZodType<Credential['inject']> = z.union([
  z.strictObject({ kind: z.enum(['bearer', 'basic']) }),
  z.strictObject({ kind: z.enum(['header', 'query']), name: z.string().min(1).max(100) }),
]);

/** What a credential is for, as it is asked and shown. */
export const credentialMembers: {
  readonly name: z.ZodType<string>;
  readonly url: z.ZodType<string>;
  readonly access: z.ZodType<Credential['access']>;
  readonly inject: z.ZodType<Credential['inject']>;
  readonly agents: z.ZodType<readonly string[]>;
  readonly paths: z.ZodType<readonly string[]>;
  readonly methods: z.ZodType<readonly string[]>;
  readonly expiresAt: z.ZodType<number | null>;
} = {
  name: z.string().min(1).max(200),
  url: z.string().min(1).max(2048),
  access: z.enum(['read', 'write']),
  inject,
  // For none: the daemon's own messages alone.
  agents: z.array(agentId).max(1000),
  paths: z.array(z.string().min(1).max(1024)).max(100),
  methods: z.array(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])).max(6),
  expiresAt: time.nullable(),
};

/** The secret, as it comes in. It never goes out. */
export const secret: z.ZodType<string> = z.string().min(1).max(8192);

/** A credential as it is shown: without its secret. */
export const shownCredential: z.ZodType<Credential> = z.strictObject({
  id: z.string(),
  ...credentialMembers,
  version: count,
  addedAt: time,
  addedBy: z.string(),
  rotatedAt: time.nullable(),
  revokedAt: time.nullable(),
  usedAt: time.nullable(),
});
