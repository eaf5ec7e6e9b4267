import type { RefusalCode } from '../guard/guard.ts';

/** Why a call was not made; its permit is then as good as before. */
export type ForwardCode = RefusalCode | 'no-upstream' | 'no-credential' | 'not-forwardable';

/** A refusal of the broker. The message says what to do and holds neither secret nor argument. */
export type ForwardRefusal = { readonly code: ForwardCode; readonly message: string };

/** Either a value, or why not. */
export type Forwarded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ForwardRefusal };

/** Returns why a call is not made. */
export function refuseCall(code: ForwardCode, message: string): Forwarded<never> {
  return { ok: false, error: { code, message } };
}
