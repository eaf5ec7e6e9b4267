import type { LogSource } from '@plumbline/ledger';
import type { Disk } from '../disk/disk.ts';

/**
 * Reads a log's files below a folder of a disk. Unlike sources of verifiers it rejects, with a
 * `DiskError`: the daemon does not go on with a disk that it cannot read.
 */
export function diskSource(disk: Disk, folder: string): LogSource {
  return { read: (path) => disk.read(`${folder}/${path}`) };
}
