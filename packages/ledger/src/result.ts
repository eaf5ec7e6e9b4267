/** Either a value or a fault. Nothing in this package throws on what it was given to read. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Fault };

/**
 * Why evidence was not accepted.
 *
 * malformed: the bytes are not the format they should be, strictly read.
 * missing: a file, signature or key that is needed was not shown.
 * mismatch: the bytes are well formed and do not hash to what they should.
 * bad-signature: a known key's signature does not verify.
 * rolled-back: the log is shorter than a checkpoint the verifier already holds.
 * forked: the log differs from a checkpoint the verifier already holds.
 * refused: the caller's own check of an entry complained.
 */
export type FaultCode =
  'malformed' | 'missing' | 'mismatch' | 'bad-signature' | 'rolled-back' | 'forked' | 'refused';

/** A closed code for programs and a sentence for people that names the place. */
export type Fault = { readonly code: FaultCode; readonly message: string };

/** Returns the success of a `Result`. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** Returns the failure of a `Result`. */
export function fault(
  code: FaultCode,
  message: string,
): { readonly ok: false; readonly error: Fault } {
  return { ok: false, error: { code, message } };
}
