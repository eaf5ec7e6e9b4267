import type { JsonObject } from '@plumbline/core';
import { z } from 'zod';

import type { SecretSource } from './notify.ts';
import { address, agentName, printSecret, secret } from './notify-schema.ts';

/** Somebody who is told, when an agent is halted, that what it was given is good no more. */
export type Revocation = {
  readonly url: string;
  /** Whose halts; null: every agent's. */
  readonly agents: readonly string[] | null;
} & (
  | {
      /** A token of the agent is revoked where it was given. Source: RFC 7009. */
      readonly kind: 'oauth';
      readonly token: SecretSource;
      readonly hint: 'access_token' | 'refresh_token' | null;
      readonly client: { readonly id: string; readonly secret: SecretSource | null } | null;
    }
  | {
      /** A message with the signature of Standard Webhooks asks for it. */
      readonly kind: 'webhook';
      readonly secret: SecretSource;
    }
);

/** Every one of them, by name. */
export type Revocations = Readonly<Record<string, Revocation>>;

const asked = {
  url: address,
  agents: z.array(agentName).min(1).max(1_000).nullable().default(null),
};

const revocation: z.ZodType<Revocation> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('oauth'),
    ...asked,
    token: secret,
    hint: z.enum(['access_token', 'refresh_token']).nullable().default(null),
    client: z
      .strictObject({ id: z.string().min(1).max(512), secret: secret.nullable().default(null) })
      .nullable()
      .default(null),
  }),
  z.strictObject({ kind: z.literal('webhook'), ...asked, secret }),
]);

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a short name of lower-case letters, digits and `-`');

/** The shape of the setting `revocations`. */
export const revocationsShape: z.ZodType<Revocations> = z
  .record(name, revocation)
  .refine((all) => Object.keys(all).length <= 64, 'takes 64 at most')
  .default({});

/** Returns the setting as it is shown: it names where secrets are and holds none. */
export function printRevocations(revocations: Revocations): JsonObject {
  const shown = Object.entries(revocations).map(([key, each]): [string, JsonObject] => {
    const agents = each.agents === null ? null : [...each.agents];
    if (each.kind === 'webhook')
      return [key, { ...each, agents, secret: printSecret(each.secret) }];
    const { client, token } = each;
    const held = client?.secret ?? null;
    const known =
      client === null ? null : { id: client.id, secret: held === null ? null : printSecret(held) };
    return [key, { ...each, agents, token: printSecret(token), client: known }];
  });
  return Object.fromEntries(shown);
}
