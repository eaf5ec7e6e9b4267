import { z } from 'zod';

import type { TraceAsked } from '../../services/traces/traces.ts';
import type { Params } from '../route.ts';
import { sessionRow } from '../sessions/session-shapes.ts';
import { count, object, queryNumber, time } from '../shapes.ts';

const MOST = 500;
const USUAL = 200;

type TraceQuery = {
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
};

/** Which part of a session is asked for. */
export const traceQuery: z.ZodType<TraceQuery, object> = z.strictObject({
  after: queryNumber.optional(),
  limit: queryNumber.refine((limit) => limit >= 1 && limit <= MOST, 'must be 1 to 500').optional(),
});

const row = z.strictObject({
  index: count,
  at: time,
  kind: z.string(),
  open: object,
  sealed: z.enum(['none', 'sealed', 'opened', 'erased', 'missing']),
  secret: object.nullable(),
  source: z
    .strictObject({
      from: z.enum(['principal', 'stranger', 'tool']),
      tool: z.string().nullable(),
      trust: z.enum(['principal', 'trusted', 'untrusted', 'mixed']),
    })
    .nullable(),
});

/** A part of a session, oldest first. */
export const traceShape: z.ZodType = z.strictObject({
  session: sessionRow,
  rows: z.array(row),
  next: count.nullable(),
  nextIndex: count,
});

/** Returns which part of which session a request asks for. */
export function traceAsked(
  { agent, session }: Params,
  { after, limit = USUAL }: TraceQuery,
): TraceAsked {
  return { agent, session, after: after ?? null, limit };
}
