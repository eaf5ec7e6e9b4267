/**
 * The files of one folder tree, as much of a file system as the daemon needs. One implementation
 * stands on `node:fs`, one is simulated and drops, tears and reorders whatever was not synced.
 *
 * Contract, of every implementation:
 * - Paths are relative to the tree, with `/`, without `.` and `..`.
 * - Nothing is durable before the `sync` that covers it has resolved: bytes of a file by the file's
 *   `sync`, a created, renamed or removed name by `syncFolder` of its folder.
 * - An unsynced write may after a crash be there, missing, or there in part, in any order.
 * - A failed write or sync rejects with a `DiskError`; what is on the disk is then unknown.
 */
export type Disk = {
  /** Returns the bytes of a file, or undefined when there is none. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
  /** Returns the names in a folder, sorted; none when there is no such folder. */
  readonly list: (folder: string) => Promise<readonly string[]>;
  /** Opens a file for writing in place, made (with its folders) when it is not there. */
  readonly open: (path: string) => Promise<DiskFile>;
  /**
   * Puts a whole file in place so that after a crash either the old or the whole file is there:
   * written beside, synced, renamed, folder synced. Resolves when durable.
   */
  readonly replace: (path: string, bytes: Uint8Array) => Promise<void>;
  /** Gives a file another name in the same folder, instead of whatever had it; open files stay. */
  readonly rename: (from: string, to: string) => Promise<void>;
  /**
   * Gives a file another name beside the one it has, in any folder, made when it is not there. A
   * name that is taken stays as it is. Where a file can have one name alone, it is copied.
   */
  readonly link: (from: string, to: string) => Promise<void>;
  /** Removes a file; one that is not there is removed already. */
  readonly remove: (path: string) => Promise<void>;
  /** Makes a folder's names durable, and the folder itself. A folder that is not there has none. */
  readonly syncFolder: (folder: string) => Promise<void>;
  /** How many bytes an unprivileged writer still has. */
  readonly freeBytes: () => Promise<number>;
};

/** One open file. Writes of one file may overlap in time and land in any order until synced. */
export type DiskFile = {
  readonly size: () => Promise<number>;
  readonly read: (offset: number, length: number) => Promise<Uint8Array>;
  /** Writes all the bytes, or rejects. */
  readonly write: (offset: number, bytes: Uint8Array) => Promise<void>;
  /**
   * Writes all the bytes, and resolves once they are durable, as `write` and then `sync` do. What
   * else was written before may stay unsynced.
   */
  readonly writeThrough: (offset: number, bytes: Uint8Array) => Promise<void>;
  /** As `fdatasync`: the bytes, and the size where it changed. */
  readonly sync: () => Promise<void>;
  readonly truncate: (size: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** What kind of failure it was, so that the message can say what to do. */
export type DiskFault = 'full' | 'read-only' | 'no-permission' | 'broken';

/** The outside world failed; `cause` holds what it said. */
export class DiskError extends Error {
  readonly fault: DiskFault;

  constructor(fault: DiskFault, message: string, cause: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}
