/**
 * Which check a token failed. The operator's log names it; whoever sent the token is told one
 * thing, whatever it was.
 */
export type TokenCheck =
  | 'too-large'
  | 'malformed'
  | 'algorithm'
  | 'critical-header'
  | 'type'
  | 'issuer'
  | 'audience'
  | 'authorized-party'
  | 'key'
  | 'signature'
  | 'expired'
  | 'not-yet-valid'
  | 'too-old'
  | 'claims'
  | 'subject'
  | 'email'
  | 'workload'
  | 'replayed';

/**
 * Why a token is not taken: a check failed; or nothing can be said, because the issuer's keys
 * cannot be had. The message is for the operator and names no personal data.
 */
export type TokenFault =
  | { readonly kind: 'bad'; readonly check: TokenCheck; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

/** Either a value, or why a token is not taken. */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: TokenFault };

/** Returns what a token was found to say. */
export function good<T>(value: T): Checked<T> {
  return { ok: true, value };
}

/** Returns a check that failed. */
export function bad(check: TokenCheck, message: string): Checked<never> {
  return { ok: false, fault: { kind: 'bad', check, message } };
}

/** Returns that nothing can be said of a token now. */
export function unavailable(message: string): Checked<never> {
  return { ok: false, fault: { kind: 'unavailable', message } };
}
