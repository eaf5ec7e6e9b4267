/**
 * Why a log is not opened.
 *
 * wrong-key: the key in force is not among those given.
 * wrong-origin: the data directory holds another log.
 * rolled-back: the log is shorter than what was signed or seen elsewhere.
 * forked: the log differs from what was signed or seen elsewhere.
 * truncated: files of the log are missing that nothing else tells.
 * tampered: a file does not hash to what it should.
 * no-state: files of a log stand there without its `log-state`.
 * segments: the write-ahead log cannot be continued.
 * configuration: what the operator gave cannot be read.
 */
export type LogRefusalCode =
  | 'wrong-key'
  | 'wrong-origin'
  | 'rolled-back'
  | 'forked'
  | 'truncated'
  | 'tampered'
  | 'no-state'
  | 'segments'
  | 'configuration';

/** A closed code, and a sentence that says what happened and what to do. */
export type LogRefusal = { readonly code: LogRefusalCode; readonly message: string };

/** A value, or why the log was refused. */
export type Opened<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: LogRefusal };

/** Returns a success. */
export function opened<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** Returns a refusal: what happened, and what to do about it. */
export function refuse(
  code: LogRefusalCode,
  happened: string,
  remedy: string,
): { readonly ok: false; readonly error: LogRefusal } {
  return { ok: false, error: { code, message: `${happened}: ${remedy}` } };
}

/** What to do when the log on the disk is older than, or differs from, what was signed. */
export const RESTORE_NEWEST: string =
  'put back the newest copy of the data directory; if there is none, keep this one as evidence ' +
  'and start a log with another `origin`';

/** What to do when a file was changed behind the back of the daemon. */
export const RESTORE_FILE: string =
  'put the file back from a copy, and find out who changed it before the log goes on';
