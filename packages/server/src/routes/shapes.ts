import { type Json, type JsonObject, STAGING_PHASES, type VerdictKind } from '@plumbline/core';
import { z } from 'zod';

import type { AgentStatus } from '../guard/agent-status.ts';
import type { Answer } from '../guard/guard.ts';
import type { Trace } from '../guard/trace.ts';

/** An agent's id. */
export const agentId: z.ZodType<string> = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);

/** An agent's id, or a name under which it is undone, drilled or tested. */
export const chainAgent: z.ZodType<string> = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}(~(undo|drill|probe))?$/);

/** The id of a session, as the daemon made it. */
export const sessionId: z.ZodType<string> = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/);

/** The id of a decision, as the daemon made it. */
export const decisionId: z.ZodType<string> = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/);

/** A pact's digest. */
export const digest: z.ZodType<string> = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** Integer milliseconds UTC. */
export const time: z.ZodType<number> = z.int().min(0);

/** A count, or a place in the log. */
export const count: z.ZodType<number> = z.int().min(0);

/** Why something stops: nothing is let go on because its reason says nothing. */
export const stopWords: z.ZodType<string> = z.string().min(1).max(1000);

/** A short text of a person, a reason or a name: blanks and what nobody sees say nothing. */
export const words: z.ZodType<string> = z
  .string()
  .min(1)
  .max(1000)
  .regex(/[\p{L}\p{N}]/u, 'it must say something');

// The two joiners are letters' own in some scripts, and show where they stand alone.
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/u;

/**
 * A name that people tell others by: nothing in it is unseen, or turns round what stands beside
 * it. Names from before stay as they are, and are shown with what is unseen made visible.
 */
export function plainName(shape: z.ZodString): z.ZodString {
  return shape.superRefine((name, context) => {
    const [found] = UNSEEN.exec(name) ?? [];
    if (found === undefined) return;
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const message = `it holds U+${code}, a character that nobody sees: leave it out`;
    context.addIssue({ code: 'custom', message });
  });
}

/** Any JSON: whatever a parser of JSON returned. */
export const json: z.ZodType<Json> = z.custom<Json>((value) => value !== undefined);

/** A JSON object. */
export const object: z.ZodType<JsonObject> = z.record(z.string(), json);

/** The five verdicts. */
export const verdict: z.ZodType<VerdictKind> = z.enum([
  'allow',
  'modify',
  'step_up',
  'defer',
  'deny',
]);

/** W3C Trace Context ids. */
export const trace: z.ZodType<Trace> = z.strictObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
});

/** Where the entry stands that recorded what was asked. */
export const recorded: z.ZodType<{ readonly index: number }> = z.strictObject({ index: count });

/** The answer to an action. */
export const actionAnswer: z.ZodType<Answer> = z.strictObject({
  decision: decisionId,
  index: count,
  verdict,
  permit: z
    .strictObject({
      token: z.string(),
      id: z.string(),
      epoch: count,
      expiresAtMs: time,
      lastsMs: count,
      lease: z.string().nullable(),
      stop: count,
    })
    .nullable(),
  args: object.nullable(),
  say: z.string().nullable(),
  rules: z.array(z.string()),
  requirements: z.array(
    z.strictObject({
      rule: z.string(),
      approvers: z.array(z.string()),
      quorum: z.int().min(1),
      withinMs: count,
    }),
  ),
  until: z.array(z.string()),
  approval: z.string().nullable(),
  expiresAtMs: time.nullable(),
  obligations: z.array(z.strictObject({ kind: z.string(), say: z.string() })),
  route: z
    .strictObject({
      side: z.enum(['staging', 'live']),
      upstream: z.string().nullable(),
      phase: z.enum(STAGING_PHASES),
    })
    .nullable(),
  isRepeat: z.boolean(),
});

/** The members of how an agent stands. */
export const agentStatusMembers: {
  readonly [K in keyof AgentStatus]: z.ZodType<AgentStatus[K]>;
} = {
  agent: agentId,
  pact: z.string().nullable(),
  shadow: z.string().nullable(),
  epoch: count,
  halts: z.array(z.strictObject({ scope: z.string(), target: z.string(), reason: z.string() })),
  openSessions: count,
  inFlight: count,
  waiting: count,
  reviews: count,
  alerts: count,
  autonomy: z.union([z.literal(1), z.literal(2), z.literal(3)]).nullable(),
  leases: z.array(z.string()),
};

/** How an agent stands. */
export const agentStatus: z.ZodType<AgentStatus> = z.strictObject(agentStatusMembers);

/** What went wrong. Source: RFC 9457. */
export const problem: z.ZodType<object> = z.strictObject({
  type: z.string().regex(/^urn:plumbline:problem:[a-z-]+$/),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  code: z.string(),
  at: z.string().optional(),
  diagnostics: z.array(z.looseObject({ code: z.string(), message: z.string() })).optional(),
  proofs: z.array(z.enum(['totp', 'webauthn'])).optional(),
});

/** Returns the shape of one page of rows. */
export function page(row: z.ZodType): z.ZodType {
  return z.strictObject({ rows: z.array(row), next: count.nullable(), nextIndex: count });
}

/** A number as a query spells it. */
export const queryNumber: z.ZodType<number, string> = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,15})$/, 'must be a whole number')
  .transform(Number);

/** The members every list takes. */
export const paging: {
  readonly limit: z.ZodType<number | undefined, string | undefined>;
  readonly before: z.ZodType<number | undefined, string | undefined>;
  readonly fromAt: z.ZodType<number | undefined, string | undefined>;
  readonly untilAt: z.ZodType<number | undefined, string | undefined>;
} = {
  limit: queryNumber.refine((limit) => limit >= 1 && limit <= 1000, 'must be 1 to 1000').optional(),
  before: queryNumber.optional(),
  fromAt: queryNumber.optional(),
  untilAt: queryNumber.optional(),
};

/** Returns the members that are there. */
export function present<T extends object>(
  members: T,
): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(members).filter(([, value]) => value !== undefined);
  // Leaving out undefined members is what the return type says; `fromEntries` forgets the keys.
  return Object.fromEntries(kept) as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}
