import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Disk } from '../../disk/disk.ts';

const AT_ONCE = 16;

/** What is too large for an entry, by digest: `<folder>/<2 hex>/<64 hex>`. */
export type BlobStore = {
  /** Resolves when all are durable, each under its SHA-256. Rejects with a `DiskError`. */
  readonly put: (blobs: readonly Uint8Array[]) => Promise<void>;
  /** Returns the bytes of a SHA-256 in hex, or undefined when they are not there, or damaged. */
  readonly get: (hex: string) => Promise<Uint8Array | undefined>;
};

/** Returns the blobs in a folder of a disk. */
export function blobStore(disk: Disk, folder: string): BlobStore {
  const get = async (hex: string): Promise<Uint8Array | undefined> => {
    if (!/^[0-9a-f]{64}$/.test(hex)) return undefined;
    const bytes = await disk.read(pathOf(folder, hex));
    return bytes !== undefined && digestOf(bytes) === hex ? bytes : undefined;
  };
  const putOne = async ([hex, bytes]: readonly [string, Uint8Array]): Promise<void> => {
    const path = pathOf(folder, hex);
    // A name that is seen may yet be lost: the program that gave it may have died before its sync.
    if ((await get(hex)) === undefined) await disk.replace(path, bytes);
    else await disk.syncFolder(posix.dirname(path));
  };
  const put = async (blobs: readonly Uint8Array[]): Promise<void> => {
    const byDigest = [...new Map(blobs.map((bytes) => [digestOf(bytes), bytes]))];
    for (let at = 0; at < byDigest.length; at += AT_ONCE) {
      await Promise.all(byDigest.slice(at, at + AT_ONCE).map(putOne));
    }
  };
  return { put, get };
}

function pathOf(folder: string, hex: string): string {
  return `${folder}/${hex.slice(0, 2)}/${hex}`;
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
