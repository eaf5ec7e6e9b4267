import { z } from 'zod';

import { type Asked, faultOfFailure, faultOfStatus, given, lasting, refused } from './fault.ts';

/** What is asked, and what of its answers says that there is nothing to do. */
export type Question = {
  readonly what: string;
  /** Statuses that say so; they are answered with null. */
  readonly gone?: readonly number[];
  /** How long the other side itself may wait before it answers. */
  readonly extraMs?: number;
};

type Call = (signal: AbortSignal) => Promise<unknown>;

const TIMEOUT_MS = 5_000;

/** Asks for something to be done, and returns whether it was, or was not needed. */
export async function act(question: Question, call: Call): Promise<Asked<null>> {
  const acted = await ask(question, call, z.unknown());
  return acted.ok ? given(null) : acted;
}

/** Asks for something, and returns it once its shape was checked. */
export async function ask<T>(
  { what, gone = [], extraMs = 0 }: Question,
  call: Call,
  shape: z.ZodType<T>,
): Promise<Asked<T>> {
  let answer: unknown;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS + extraMs);
    // Not every call of the client takes the signal.
    answer = await Promise.race([call(signal), aborted(signal)]);
  } catch (cause) {
    const status = statusOf(cause);
    if (status === null) return refused(faultOfFailure(cause, what));
    if (!gone.includes(status)) return refused(faultOfStatus(status, what, waitOf(cause)));
    answer = null;
  }
  const parsed = shape.safeParse(answer);
  if (parsed.success) return given(parsed.data);
  return refused(lasting(`its answer to ${what} is not of the documented shape`));
}

// The clients of Docker and of Kubernetes call it differently.
function statusOf(cause: unknown): number | null {
  if (!(cause instanceof Error)) return null;
  const status: unknown = Reflect.get(cause, 'statusCode') ?? Reflect.get(cause, 'code');
  return typeof status === 'number' ? status : null;
}

/** Source: RFC 9110, section 10.2.3; Kubernetes sends seconds alone. */
function waitOf(cause: unknown): number | null {
  const headers: unknown = cause instanceof Error ? Reflect.get(cause, 'headers') : undefined;
  const after: unknown = Reflect.get(Object(headers), 'retry-after');
  return typeof after === 'string' && /^\d{1,4}$/.test(after) ? Number(after) * 1_000 : null;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('', 'TimeoutError')));
  });
}
