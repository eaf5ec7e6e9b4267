import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync, linkSync } from 'node:fs';

import { errorCode } from './read-text.ts';
import { Stop } from '../stop.ts';

/**
 * Writes a text to a file as a whole: into a file beside it, then renamed, so that nobody ever
 * sees half of it. With `isNew` an existing file is left alone and refused.
 *
 * Errors: `Stop` with the path when it cannot be written, or exists and `isNew` holds.
 */
export function writeWhole(
  path: string,
  text: string,
  { isNew, mode = 0o666 }: { readonly isNew: boolean; readonly mode?: number },
): void {
  const beside = `${path}.${randomUUID()}.part`;
  try {
    writeFileSync(beside, text, { flag: 'wx', mode });
    if (isNew) linkSync(beside, path);
    else renameSync(beside, path);
  } catch (cause) {
    throw new Stop(whyNotWritten(cause), path);
  } finally {
    rmSync(beside, { force: true });
  }
}

function whyNotWritten(cause: unknown): string {
  const code = errorCode(cause);
  switch (code) {
    case 'EEXIST':
      return 'the file exists and is not overwritten';
    case 'ENOENT':
      return 'cannot be written, the folder does not exist';
    case 'EISDIR':
      return 'cannot be written, it is a folder';
    default:
      return `cannot be written (${code})`;
  }
}
