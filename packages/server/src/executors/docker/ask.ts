import { z } from 'zod';

import {
  type Asked,
  faultOfFailure,
  faultOfStatus,
  given,
  lasting,
  refused,
} from '../containers/fault.ts';

/** What is asked of an engine, and what of its answers says that there is nothing to do. */
export type Question = {
  readonly what: string;
  /** Statuses that say so; they are answered with null. */
  readonly gone?: readonly number[];
  /** How long the engine itself may wait before it answers. */
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
    const status: unknown = cause instanceof Error ? Reflect.get(cause, 'statusCode') : undefined;
    if (typeof status !== 'number') return refused(faultOfFailure(cause, what));
    if (!gone.includes(status)) return refused(faultOfStatus(status, what));
    answer = null;
  }
  const parsed = shape.safeParse(answer);
  if (parsed.success) return given(parsed.data);
  return refused(lasting(`its answer to ${what} is none of Docker's`));
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('', 'TimeoutError')));
  });
}
