import type { Json, JsonObject } from '@plumbline/core';
import { z } from 'zod';

import type { OutcomeReport } from '../../guard/guard.ts';
import type { Trace } from '../../guard/trace.ts';
import type { Parsed } from '../parse-shape.ts';
import { fault } from '../parse-shape.ts';
import { count, decisionId, json, object, sessionId, trace } from '../shapes.ts';

/** One proposed action. */
export type DecideBody = {
  readonly session: string;
  readonly request: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly trace?: Trace | undefined;
  /** The lease its permit is to be given under. */
  readonly lease?: string | undefined;
};

/** A permit to be used. */
export type RedeemBody = { readonly token: string };

/** What became of an action. */
export type OutcomeBody = {
  readonly session: string;
  readonly decision: string;
  readonly status: OutcomeReport['status'];
  readonly result?: Json | undefined;
  readonly records?: number | null | undefined;
  readonly forwarded?: { readonly lease: string; readonly msAgo: number } | undefined;
};

const shortText = z.string().min(1).max(512);

/** The shape of an action. `readDecide` reads the same by hand. */
export const decideBody: z.ZodType<DecideBody> = z.strictObject({
  session: sessionId,
  request: shortText,
  tool: shortText,
  args: object,
  trace: trace.optional(),
  lease: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,128}$/)
    .optional(),
});

/** The shape of a permit to be used. `readRedeem` reads the same by hand. */
export const redeemBody: z.ZodType<RedeemBody> = z.strictObject({ token: shortText });

/** The shape of an outcome. `readOutcome` reads the same by hand. */
export const outcomeBody: z.ZodType<OutcomeBody> = z.strictObject({
  session: sessionId,
  decision: decisionId,
  status: z.enum(['ok', 'error', 'not_sent', 'unknown']),
  result: json.optional(),
  records: count.nullable().optional(),
  forwarded: z
    .strictObject({ lease: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/), msAgo: count })
    .optional(),
});

const ID = /^[A-Za-z0-9_-]{1,128}$/;
const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;
const STATUSES: ReadonlySet<unknown> = new Set(['ok', 'error', 'not_sent', 'unknown']);

/** Reads an action: the same as its shape, in a fraction of the time. */
export function readDecide(value: unknown): Parsed<DecideBody> {
  if (!isRecord(value)) return fault('', 'must be an object');
  const stranger = strangerIn(value, DECIDE_MEMBERS);
  if (stranger !== null) return fault(stranger, 'is not known here');
  const { session, request, tool, args, trace: traced, lease } = value;
  if (!isId(session)) return fault('session', 'must be the id of a session');
  if (!isShortText(request)) return fault('request', 'must be a text of 1 to 512 characters');
  if (!isShortText(tool)) return fault('tool', 'must be a text of 1 to 512 characters');
  if (!isRecord(args)) return fault('args', 'must be an object');
  if (lease !== undefined && !isId(lease)) return fault('lease', 'must be the id of a lease');
  const bare = { session, request, tool, args, ...(lease === undefined ? {} : { lease }) };
  if (traced === undefined) return { ok: true, value: bare };
  if (!isTrace(traced)) return fault('trace', 'must be `{traceId, spanId}` in hex');
  return { ok: true, value: { ...bare, trace: traced } };
}

/** Reads a permit to be used. */
export function readRedeem(value: unknown): Parsed<RedeemBody> {
  if (!isRecord(value)) return fault('', 'must be an object');
  const stranger = strangerIn(value, REDEEM_MEMBERS);
  if (stranger !== null) return fault(stranger, 'is not known here');
  const { token } = value;
  if (!isShortText(token)) return fault('token', 'must be the token of a permit');
  return { ok: true, value: { token } };
}

/** Reads an outcome. */
export function readOutcome(value: unknown): Parsed<OutcomeBody> {
  if (!isRecord(value)) return fault('', 'must be an object');
  const stranger = strangerIn(value, OUTCOME_MEMBERS);
  if (stranger !== null) return fault(stranger, 'is not known here');
  const { session, decision, status, result, records, forwarded } = value;
  if (!isId(session)) return fault('session', 'must be the id of a session');
  if (!isId(decision)) return fault('decision', 'must be the id of a decision');
  if (!isStatus(status)) {
    return fault('status', 'must be `ok`, `error`, `not_sent` or `unknown`');
  }
  if (!isRecords(records)) return fault('records', 'must be a whole number, or null');
  const bare = { session, decision, status, result, records };
  if (forwarded === undefined) return { ok: true, value: bare };
  if (!isForwarded(forwarded)) return fault('forwarded', 'must be `{lease, msAgo}`');
  return { ok: true, value: { ...bare, forwarded } };
}

const DECIDE_MEMBERS = new Set(['session', 'request', 'tool', 'args', 'trace', 'lease']);
const REDEEM_MEMBERS = new Set(['token']);
const OUTCOME_MEMBERS = new Set([
  'session',
  'decision',
  'status',
  'result',
  'records',
  'forwarded',
]);

function strangerIn(value: JsonObject, known: ReadonlySet<string>): string | null {
  for (const key of Object.keys(value)) if (!known.has(key)) return key;
  return null;
}

/** Whatever `JSON.parse` returns that is neither a list, null nor a scalar is an object of JSON. */
function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 512;
}

function isStatus(value: unknown): value is OutcomeBody['status'] {
  return STATUSES.has(value);
}

function isRecords(value: unknown): value is number | null | undefined {
  if (value === undefined || value === null) return true;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isForwarded(value: Json): value is Json & { lease: string; msAgo: number } {
  if (!isRecord(value) || Object.keys(value).length !== 2) return false;
  const { lease, msAgo } = value;
  return isId(lease) && typeof msAgo === 'number' && Number.isSafeInteger(msAgo) && msAgo >= 0;
}

function isTrace(value: Json): value is Json & Trace {
  if (!isRecord(value) || Object.keys(value).length !== 2) return false;
  const { traceId, spanId } = value;
  return (
    typeof traceId === 'string' &&
    TRACE_ID.test(traceId) &&
    typeof spanId === 'string' &&
    SPAN_ID.test(spanId)
  );
}
