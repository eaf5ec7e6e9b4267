import { z } from 'zod';

import { secret } from './notify-schema.ts';

import { type AuthorityConfig, type IssuerConfig, TOKEN_ALGORITHMS } from './authority.ts';

/** An issuer as the file says it. */
export type SettledIssuer = Omit<IssuerConfig, 'keys' | 'roles' | 'typ' | 'azp'> & {
  readonly jwksUri?: string | undefined;
  readonly jwksFile?: string | undefined;
  readonly typ?: string | null | undefined;
  readonly azp?: string | null | undefined;
  readonly roles: Readonly<Record<string, 'viewer' | 'operator' | 'approver' | 'admin'>>;
};

/** A workload as the file says it: exactly one of `spiffe`, `dns` and `subject`. */
export type SettledWorkload = Omit<AuthorityConfig['workloads'][number], 'proof'> & {
  readonly spiffe?: string | undefined;
  readonly dns?: string | undefined;
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
};

/** The part of the file about who is believed. */
export type SettledAuthority = {
  readonly issuers: readonly SettledIssuer[];
  readonly workloads: readonly SettledWorkload[];
};

const DAY_MS = 86_400_000;
const count = (least: number, most: number): z.ZodNumber => z.number().int().min(least).max(most);
const text = z.string().min(1).max(512);
const agentName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of an agent');

/** The shape of a claim that an opener may attest. */
export const attestable: z.ZodType<AuthorityConfig['workloads'][number]['grants'][number]> =
  z.strictObject({
    claim: z.string().min(1).max(200),
    values: z.array(z.string().min(1).max(512)).min(1).max(64),
    maxMs: count(1_000, 30 * DAY_MS).default(3_600_000),
  });

const issuer: z.ZodType<SettledIssuer> = z.strictObject({
  issuer: text,
  audience: text,
  for: z.enum(['people', 'principals', 'workloads']),
  jwksUri: z.url({ protocol: /^https?$/ }).optional(),
  jwksFile: text.optional(),
  algorithms: z
    .array(z.enum(TOKEN_ALGORITHMS))
    .min(1)
    .max(TOKEN_ALGORITHMS.length)
    .default(['RS256', 'ES256', 'EdDSA', 'Ed25519']),
  typ: text.nullable().optional(),
  azp: text.nullable().optional(),
  clockSkewMs: count(0, 300_000).default(60_000),
  maxTokenAgeMs: count(1_000, 30 * DAY_MS).default(DAY_MS),
  replay: z.enum(['once', 'reuse']).default('once'),
  freshMs: count(1_000, DAY_MS).default(600_000),
  staleMs: count(1_000, 7 * DAY_MS).default(3_600_000),
  claims: z
    .strictObject({
      email: text.default('email'),
      groups: text.default('groups'),
      roles: text.default('roles'),
    })
    .prefault({}),
  roles: z.record(text, z.enum(['viewer', 'operator', 'approver', 'admin'])).default({}),
  client: z
    .strictObject({
      name: z.string().min(1).max(60).nullable().default(null),
      secret: secret.nullable().default(null),
      scopes: z.array(text).min(1).max(20).default(['openid', 'email', 'profile']),
    })
    .nullable()
    .default(null),
  principal: z.enum(['email', 'sub']).default('email'),
  record: z.array(text).max(16).default(['roles', 'groups', 'acr', 'amr']),
});

const workload: z.ZodType<SettledWorkload> = z.strictObject({
  spiffe: text.optional(),
  dns: text.optional(),
  issuer: text.optional(),
  subject: text.optional(),
  kind: z.enum(['agent', 'opener', 'service']),
  agents: z.array(agentName).min(1).max(1_000).nullable().default(null),
  scopes: z
    .array(z.enum(['read', 'measure', 'halt', 'lock']))
    .max(4)
    .default([]),
  grants: z.array(attestable).max(100).default([]),
});

/** The members of `authority` that say whose tokens and certificates are believed. */
export const authorityShapes: {
  readonly issuers: z.ZodType<readonly SettledIssuer[], readonly unknown[] | undefined>;
  readonly workloads: z.ZodType<readonly SettledWorkload[], readonly unknown[] | undefined>;
} = {
  issuers: z.array(issuer).max(32).default([]),
  workloads: z.array(workload).max(10_000).default([]),
};
