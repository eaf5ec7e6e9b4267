import {
  close,
  constants,
  fdatasync,
  fstat,
  fsync,
  ftruncate,
  link,
  open as openFile,
  read,
  write,
} from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { type Disk, DiskError, type DiskFault, type DiskFile } from './disk.ts';
import { Turns } from './turns.ts';

// The callback functions of `node:fs` run off the main thread as its promises do, at half the cost.
const files = {
  open: promisify(openFile),
  stat: promisify(fstat),
  truncate: promisify(ftruncate),
  link: promisify(link),
  sync: promisify(fsync),
  close: promisify(close),
};

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
/** Beside the file that `replace` is about to put in place; never listed. */
const PART = '.part';

/** What file systems say on which a file has one name alone. */
const ONE_NAME: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EMLINK',
  'EXDEV',
]);

const faults: ReadonlyMap<string, DiskFault> = new Map([
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EROFS', 'read-only'],
  ['EACCES', 'no-permission'],
  ['EPERM', 'no-permission'],
]);

const advice: Readonly<Record<DiskFault, string>> = {
  full: 'the disk is full: make room',
  'read-only': 'the disk is read-only: mount it for writing',
  'no-permission': "permission is missing: give it to the daemon's user",
  broken: 'the disk failed: look at its health',
};

/** Returns the files below a folder of this machine, which is made when the first is opened. */
export function nodeDisk(root: string): Disk {
  return new NodeDisk(root);
}

/** Returns what kind of failure an error of the operating system is. */
export function faultOf(error: unknown): DiskFault {
  return faults.get(codeOf(error) ?? '') ?? 'broken';
}

class NodeDisk implements Disk {
  readonly #root: string;
  /** Folders whose own names are known to be durable. */
  readonly #anchored = new Set<string>(['.']);
  /** By path, so that two never write the same part. */
  readonly #replacing = new Turns();

  constructor(root: string) {
    this.#root = root;
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    return await told('read', path, unlessMissing(readFile(this.#at(path)), undefined));
  }

  async list(folder: string): Promise<readonly string[]> {
    const names = await told('list', folder, unlessMissing(readdir(this.#at(folder)), []));
    return names.filter((name) => !name.endsWith(PART)).sort();
  }

  async open(path: string): Promise<DiskFile> {
    return await told('open', path, this.#open(path));
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    await this.#replacing.take(path, () => this.#replace(path, bytes));
  }

  async rename(from: string, to: string): Promise<void> {
    await told('rename', from, rename(this.#at(from), this.#at(to)));
  }

  async link(from: string, to: string): Promise<void> {
    const place = this.#at(to);
    try {
      const isMade = await unlessMissing(this.#linked(from, place), false);
      if (isMade) return;
      await mkdir(dirname(place), { recursive: true, mode: PRIVATE_FOLDER });
      await this.#linked(from, place);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EEXIST') return;
      if (!ONE_NAME.has(code ?? ''))
        throw code === undefined ? error : diskError('link', to, error);
      const bytes = await this.read(from);
      if (bytes === undefined) throw diskError('link', from, error);
      await this.replace(to, bytes);
    }
  }

  async remove(path: string): Promise<void> {
    await told('remove', path, rm(this.#at(path), { force: true }));
  }

  async syncFolder(folder: string): Promise<void> {
    await told('sync', folder, this.#syncFolder(posix.normalize(folder)));
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await told('measure', '.', statfs(this.#root));
    return bavail * bsize;
  }

  async #linked(from: string, place: string): Promise<boolean> {
    await files.link(this.#at(from), place);
    return true;
  }

  #at(path: string): string {
    if (posix.isAbsolute(path) || path.split('/').includes('..')) {
      throw new Error(`bug: \`${path}\` leaves the disk's tree`);
    }
    return join(this.#root, path);
  }

  async #open(path: string): Promise<NodeFile> {
    const place = this.#at(path);
    await mkdir(dirname(place), { recursive: true, mode: PRIVATE_FOLDER });
    // `a+` and `w+` would append or empty it; there is no letter for what is wanted here.
    const flags = constants.O_RDWR | constants.O_CREAT;
    return new NodeFile(path, await files.open(place, flags, PRIVATE_FILE));
  }

  async #replace(path: string, bytes: Uint8Array): Promise<void> {
    const part = path + PART;
    try {
      const file = await this.open(part);
      try {
        await file.truncate(0);
        await file.write(0, bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await this.rename(part, path);
    } catch (error) {
      // What is left of the part only takes room, and the first failure is the one to be told.
      await this.remove(part).catch(() => undefined);
      throw error;
    }
    await this.syncFolder(posix.dirname(path));
  }

  async #syncFolder(folder: string): Promise<void> {
    if (!(await this.#fsync(folder))) return;
    for (let name = folder; !this.#anchored.has(name); name = posix.dirname(name)) {
      await this.#fsync(posix.dirname(name));
      this.#anchored.add(name);
    }
  }

  /** Returns whether the folder is there. */
  async #fsync(folder: string): Promise<boolean> {
    const fd = await unlessMissing(files.open(this.#at(folder), 'r'), undefined);
    if (fd === undefined) return false;
    try {
      await files.sync(fd);
    } finally {
      await files.close(fd);
    }
    return true;
  }
}

// Elsewhere a write that returns may still lie in the memory of the drive.
const { O_DSYNC } = constants;
const CAN_WRITE_THROUGH = process.platform === 'linux' && O_DSYNC !== undefined;

class NodeFile implements DiskFile {
  readonly #path: string;
  readonly #fd: number;
  /** The same file once more, where a write returns when it is durable; null: there is none. */
  #through: number | null | undefined = CAN_WRITE_THROUGH ? undefined : null;

  constructor(path: string, fd: number) {
    this.#path = path;
    this.#fd = fd;
  }

  async size(): Promise<number> {
    return (await told('measure', this.#path, files.stat(this.#fd))).size;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const count = await this.#readSome(bytes, { done, offset });
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  }

  write(offset: number, bytes: Uint8Array): Promise<void> {
    return this.#write(this.#fd, offset, bytes);
  }

  // One call off the main thread in place of two: each of them costs a wake-up there and back.
  async writeThrough(offset: number, bytes: Uint8Array): Promise<void> {
    if (this.#through === undefined) this.#through = await openThrough(this.#fd);
    if (this.#through !== null) return this.#write(this.#through, offset, bytes);
    await this.write(offset, bytes);
    await this.sync();
  }

  #write(fd: number, offset: number, bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const from = (done: number): void => {
        write(fd, bytes, done, bytes.length - done, offset + done, (error, count) => {
          if (error !== null) reject(diskError('write', this.#path, error));
          else if (done + count < bytes.length) from(done + count);
          else resolve();
        });
      };
      from(0);
    });
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.#fd, (error) => {
        if (error === null) resolve();
        else reject(diskError('sync', this.#path, error));
      });
    });
  }

  async truncate(size: number): Promise<void> {
    await told('truncate', this.#path, files.truncate(this.#fd, size));
  }

  async close(): Promise<void> {
    const through = this.#through ?? null;
    this.#through = null;
    if (through !== null) await told('close', this.#path, files.close(through));
    await told('close', this.#path, files.close(this.#fd));
  }

  #readSome(
    bytes: Uint8Array,
    { done, offset }: { readonly done: number; readonly offset: number },
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#fd, bytes, done, bytes.length - done, offset + done, (error, count) => {
        if (error === null) resolve(count);
        else reject(diskError('read', this.#path, error));
      });
    });
  }
}

/** Opens what is open already for writes that are durable when they return; null: it cannot be. */
async function openThrough(fd: number): Promise<number | null> {
  try {
    // The file may have another name by now, so it is not asked for by that.
    return await files.open(`/proc/self/fd/${fd}`, constants.O_WRONLY | O_DSYNC);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return null;
  }
}

async function told<T>(verb: string, path: string, done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    // What the system says has a code; the rest is told already, or a bug.
    throw codeOf(error) === undefined ? error : diskError(verb, path, error);
  }
}

async function unlessMissing<T, U>(done: Promise<T>, missing: U): Promise<T | U> {
  try {
    return await done;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return missing;
    throw error;
  }
}

function diskError(verb: string, path: string, cause: unknown): DiskError {
  const fault = faultOf(cause);
  const said = codeOf(cause) ?? 'an unknown error';
  return new DiskError(fault, `cannot ${verb} \`${path}\` (${said}): ${advice[fault]}`, cause);
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
