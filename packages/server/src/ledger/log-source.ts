import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogSource } from '@plumbline/ledger';
import { staticFile } from './static-file.ts';

// The largest bundle: 256 entries of 65,535 bytes, each behind two bytes of length.
const MAX_FILE_BYTES = 17 * 1024 * 1024;

/**
 * Reads the files of a log below a folder, for verifying without a daemon: the folder that holds
 * `checkpoint`. Paths that no log has, files that cannot be read and larger ones are not there.
 */
export function folderSource(folder: string): LogSource {
  return {
    read: async (path) => {
      if (staticFile(path) === undefined) return undefined;
      try {
        return await readBounded(join(folder, path));
      } catch (error) {
        // A verifier reports what is missing; why a file cannot be read is the machine's to say.
        return error instanceof Error ? undefined : Promise.reject(error);
      }
    },
  };
}

async function readBounded(path: string): Promise<Uint8Array | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return size > MAX_FILE_BYTES ? undefined : new Uint8Array(await file.readFile());
  } finally {
    await file.close();
  }
}
