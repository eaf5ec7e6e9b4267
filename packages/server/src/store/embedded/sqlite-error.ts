/**
 * Why a database was not opened or used.
 *
 * newer-schema: a newer program wrote it.
 * older-schema: it was opened for reading and its schema is not this program's.
 * damaged: its bytes are not what was written.
 * foreign: it is another kind of database.
 * locked: another connection held it for longer than the wait.
 * disk: the disk is full, read-only, out of reach or failing.
 */
export type StoreFault =
  'newer-schema' | 'older-schema' | 'damaged' | 'foreign' | 'locked' | 'disk';

/** A database refused; the message names its file and says what to do. */
export class StoreError extends Error {
  readonly fault: StoreFault;

  constructor(fault: StoreFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

// Primary result codes of SQLite (sqlite.org/rescode.html) that the outside world can cause. All
// others mean that a statement is wrong, and stay the bugs they are.
const outside: ReadonlyMap<number, readonly [StoreFault, string]> = new Map([
  [3, ['disk', 'its access is not permitted: check its owner and mode']],
  [5, ['locked', 'another program holds it: wait until that is done, or stop it']],
  [6, ['locked', 'another program holds it: wait until that is done, or stop it']],
  [8, ['disk', 'it cannot be written to: check its mode and that its disk is not read-only']],
  [10, ['disk', 'the disk failed: look at the log of the operating system before going on']],
  [11, ['damaged', 'its bytes are damaged: put a backup in its place']],
  [13, ['disk', 'the disk is full: make room']],
  [14, ['disk', 'it cannot be opened: check that it is a file, its folder, owner and mode']],
  [26, ['damaged', 'it is not a database: put a backup in its place']],
]);

/** Returns the typed error of what SQLite threw, or what was thrown itself when it is a bug. */
export function storeError(file: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('errcode' in cause)) return cause;
  const code = typeof cause.errcode === 'number' ? cause.errcode & 0xff : 0;
  const known = outside.get(code);
  if (known === undefined) return cause;
  const [fault, advice] = known;
  return new StoreError(fault, `database \`${file}\`: ${advice}`, cause);
}
