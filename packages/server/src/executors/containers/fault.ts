import type { Attempt } from '../executor.ts';

/**
 * Why something was not done. `why` is shown and recorded: it says what was asked and how that
 * ended, names nobody's container and holds no word of the other side.
 */
export type Fault = {
  readonly why: string;
  /** Asking again comes to the same until a person changes something. */
  readonly isFinal: boolean;
  /** How long the other side wants to be left alone; null: it does not say. */
  readonly waitMs: number | null;
};

/** Either what was asked for, or why there is none. */
export type Asked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

/** Returns what was asked for. */
export function given<T>(value: T): Asked<T> {
  return { ok: true, value };
}

/** Returns why there is nothing. */
export function refused(fault: Fault): { readonly ok: false; readonly fault: Fault } {
  return { ok: false, fault };
}

/** Returns the faults among several answers. */
export function faultsOf(all: readonly Asked<unknown>[]): readonly Fault[] {
  return all.flatMap((each) => (each.ok ? [] : [each.fault]));
}

/** Returns a fault that may be gone the next time. */
export function passing(why: string, waitMs: number | null = null): Fault {
  return { why, isFinal: false, waitMs };
}

/** Returns a fault that stays until a person changes something. */
export function lasting(why: string): Fault {
  return { why, isFinal: true, waitMs: null };
}

/** Returns a fault as what a try came to. */
export function failedBy({ why, isFinal }: Fault): Attempt {
  return isFinal ? { state: 'failed', why, isFinal } : { state: 'failed', why };
}

// Who asked may not, or speaks another language: the next time is no better.
const FINAL: ReadonlySet<number> = new Set([400, 401, 403, 405, 415, 422, 501]);

/** Returns the fault of an answer that says no. */
export function faultOfStatus(status: number, what: string, waitMs: number | null = null): Fault {
  const why = `it answered ${status} to ${what}`;
  return FINAL.has(status) ? lasting(why) : passing(why, waitMs);
}

/** Returns the fault of a request that got no answer. */
export function faultOfFailure(cause: unknown, what: string): Fault {
  return passing(`it gave no answer to ${what} (${codeOf(cause)})`);
}

function codeOf(cause: unknown, depth = 0): string {
  if (!(cause instanceof Error)) return 'it failed';
  if (cause.name === 'TimeoutError' || cause.name === 'AbortError') return 'timeout';
  const code: unknown = Reflect.get(cause, 'code');
  if (typeof code === 'string' && /^[A-Z0-9_]{2,64}$/.test(code)) return code;
  return cause.cause === undefined || depth === 3 ? cause.name : codeOf(cause.cause, depth + 1);
}
