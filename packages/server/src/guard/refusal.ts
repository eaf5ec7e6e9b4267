import type { Outcome, RefusalCode } from './guard.ts';

/** Returns the value of something the guard did. */
export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** Returns why the guard did not do what was asked. The message says what to do. */
export function refuse(code: RefusalCode, message: string): Outcome<never> {
  return { ok: false, error: { code, message } };
}
