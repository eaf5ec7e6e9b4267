import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { Disk } from '../disk/disk.ts';
import type { Vault } from '../store/vault.ts';

/** Where a snapshot is kept: its bytes on a disk, its key in the vault. */
export type SnapshotPlace = {
  readonly disk: Pick<Disk, 'read' | 'replace' | 'remove' | 'syncFolder'>;
  readonly vault: Pick<Vault, 'secret' | 'putSecret' | 'removeSecret'>;
  /** Is told what kept a snapshot from being written: the next start takes longer, no more. */
  readonly failed: (cause: unknown) => void;
};

const FOLDER = 'snapshots';
const FILE = `${FOLDER}/guard.snap`;
const SECRET = 'guard-snapshot';
const LABEL = Buffer.from('plumbline/snapshot/1');
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Writes a snapshot in place of the one before, under a key of its own: once the key is gone,
 * what the disk still holds of it cannot be read. A crash in between leaves none.
 */
export async function writeSnapshot({ disk, vault }: SnapshotPlace, text: string): Promise<void> {
  const key = randomBytes(32);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(LABEL);
  const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]);
  await vault.putSecret(SECRET, key);
  await disk.replace(FILE, Buffer.concat([sealed, cipher.getAuthTag()]));
}

/** Returns the snapshot, or undefined when there is none that opens: it is a cache. */
export async function readSnapshot({ disk, vault }: SnapshotPlace): Promise<string | undefined> {
  const key = await vault.secret(SECRET);
  const bytes = key === undefined ? undefined : await disk.read(FILE);
  if (key === undefined || bytes === undefined || bytes.length < IV_BYTES + TAG_BYTES) {
    return undefined;
  }
  const end = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES));
  decipher.setAAD(LABEL);
  decipher.setAuthTag(bytes.subarray(end));
  try {
    const text = decipher.update(bytes.subarray(IV_BYTES, end));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    // Another key, or changed bytes: the log tells all of it again.
    return undefined;
  }
}

/** Destroys the snapshot for good: its key first, then the file. */
export async function removeSnapshot({ disk, vault }: SnapshotPlace): Promise<void> {
  await vault.removeSecret(SECRET);
  if ((await disk.read(FILE)) === undefined) return;
  await disk.remove(FILE);
  await disk.syncFolder(FOLDER);
}
