import type { EgressAnswer, EgressResult } from '../egress/egress.ts';
import { later, type Sent } from './channel.ts';

/** An attempt that came to nothing. */
export type Failed = Exclude<Sent, { kind: 'delivered' }>;

/** How long one attempt takes at most, and how much of an answer is read. */
export const HTTP_BOUNDS: { readonly timeoutMs: number; readonly maxBytes: number } = {
  timeoutMs: 10_000,
  maxBytes: 65_536,
};

// The message itself is not taken; all else may be mended, at the service or in the configuration.
const NEVER: readonly number[] = [400, 413, 414, 415, 422];

/**
 * Returns what became of an attempt by its answer: null where it was taken, and the rest is the
 * channel's to say.
 */
export function faultOf(result: EgressResult, now: number): Failed | null {
  if (!result.ok) return later(result.fault);
  const { status } = result.value;
  if (status >= 200 && status < 300) return null;
  if (NEVER.includes(status)) return { kind: 'refused', fault: `status-${status}` };
  const retryAfterMs = retryAfterOf(result.value, now);
  return later(`status-${status}`, { isAnswered: true, retryAfterMs });
}

/** Seconds, or a date. Source: RFC 9110, section 10.2.3. */
function retryAfterOf({ retryAfter }: EgressAnswer, now: number): number | null {
  if (retryAfter === undefined) return null;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
