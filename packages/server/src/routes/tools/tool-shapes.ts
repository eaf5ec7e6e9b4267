import type { Json, JsonObject } from '@plumbline/core';
import { z } from 'zod';

import type { ToolRow } from '../../services/services.ts';
import { count, digest, json, object, sessionId, time } from '../shapes.ts';

const toolName = z.string().min(1).max(255);
const serverName = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be a short name');
const reason = z.enum([
  'changed',
  'shadowed',
  'repeated',
  'look-alike',
  'hidden-instructions',
  'first-seen',
]);

/** What a server offers in a session. */
export const offerBody: z.ZodType<{
  readonly session: string;
  readonly server: string;
  readonly tools: readonly { readonly tool: string; readonly definition: Json }[];
}> = z.strictObject({
  session: sessionId,
  server: serverName,
  tools: z.array(z.strictObject({ tool: toolName, definition: json })).max(1_000),
});

/** How what was offered stands. */
export const offerAnswer: z.ZodType = z.strictObject({
  tools: z.array(
    z.strictObject({
      tool: z.string(),
      state: z.enum(['usable', 'unusable', 'quarantined']),
      why: reason.nullable(),
      say: z.string().nullable(),
    }),
  ),
  usable: z.array(z.string()),
  pact: digest,
});

/** A call that was refused before anything was decided. */
export const refusedBody: z.ZodType<{
  readonly session: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly server: string;
  readonly why: string;
}> = z.strictObject({
  session: sessionId,
  tool: toolName,
  args: object,
  server: serverName,
  why: z.string().regex(/^[a-z-]{1,64}$/, 'must be a word'),
});

const row = {
  tool: z.string(),
  server: z.string(),
  definition: digest,
  description: digest,
  schema: digest,
  state: z.enum(['pinned', 'quarantined', 'earlier']),
  at: time,
  index: count,
  by: z.string().nullable(),
  reason: z.string().nullable(),
  why: reason.nullable(),
  signs: z.array(z.string()),
  name: z.string().nullable(),
};

/** One definition of a tool. */
export const toolRow: z.ZodType<ToolRow> = z.strictObject(row);

/** One definition with its text. */
export const toolVersion: z.ZodType = z.strictObject({
  ...row,
  offered: object.nullable(),
  accepted: object.nullable(),
});
