import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import { isCompressible, mediaTypeOf } from './media-types.ts';

/** One file of a built site, as it stands on the disk. */
export type BuiltFile = {
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** A digest of the bytes, without quotes. */
  readonly tag: string;
  /** Its name holds a digest of what is in it, so that it never changes. */
  readonly isImmutable: boolean;
  readonly isCompressible: boolean;
};

// Far beyond what a build makes: whoever points the setting at another folder is told.
const MOST_FILES = 2_000;
const MOST_BYTES = 64 * 1024 * 1024;
// Short files gain nothing.
const LEAST_BYTES = 1_024;

/**
 * Returns every file of a folder by its path below it, with `/` between the steps. Links are left
 * out: nothing outside the folder is ever read.
 *
 * Errors: throws when the folder cannot be read, or holds more than a build makes.
 */
export async function readFolder(folder: string): Promise<ReadonlyMap<string, BuiltFile>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const places = found
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name));
  if (places.length > MOST_FILES) throw new Error(`${folder}: holds more than ${MOST_FILES} files`);
  const files = new Map<string, BuiltFile>();
  let sum = 0;
  for (const place of places) {
    const bytes = await readFile(place);
    sum += bytes.length;
    if (sum > MOST_BYTES) throw new Error(`${folder}: holds more than ${MOST_BYTES} bytes`);
    const path = relative(folder, place).split(sep).join('/');
    files.set(path, builtFile(path, bytes));
  }
  return files;
}

function builtFile(path: string, bytes: Buffer): BuiltFile {
  const mediaType = mediaTypeOf(path);
  return {
    bytes,
    mediaType,
    tag: hash('sha256', bytes, 'base64url').slice(0, 27),
    isImmutable: path.startsWith('assets/'),
    isCompressible: isCompressible(mediaType) && bytes.length >= LEAST_BYTES,
  };
}
