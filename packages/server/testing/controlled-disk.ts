import { type Disk, DiskError, type DiskFile } from '../src/disk/disk.ts';

/** A disk whose syncs of the write-ahead log a test holds, lets go, and makes fail. */
export type ControlledDisk = Disk & {
  readonly holdSyncs: () => void;
  readonly releaseSyncs: () => void;
  readonly failSyncs: () => void;
};

/** Puts a test between a log and its disk. */
export function controlDisk(disk: Disk): ControlledDisk {
  let held: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  let isFailing = false;
  const sync = async (file: DiskFile): Promise<void> => {
    await held?.promise;
    if (isFailing) throw new DiskError('broken', 'the sync was made to fail', undefined);
    await file.sync();
  };
  const release = (): void => {
    held?.resolve();
    held = undefined;
  };
  return {
    read: (path) => disk.read(path),
    list: (folder) => disk.list(folder),
    replace: (path, bytes) => disk.replace(path, bytes),
    rename: (from, to) => disk.rename(from, to),
    link: (from, to) => disk.link(from, to),
    remove: (path) => disk.remove(path),
    syncFolder: (folder) => disk.syncFolder(folder),
    freeBytes: () => disk.freeBytes(),
    open: async (path) => {
      const file = await disk.open(path);
      if (!path.startsWith('segments/')) return file;
      return {
        size: () => file.size(),
        read: (offset, length) => file.read(offset, length),
        write: (offset, bytes) => file.write(offset, bytes),
        writeThrough: async (offset, bytes) => {
          await file.write(offset, bytes);
          await sync(file);
        },
        truncate: (size) => file.truncate(size),
        close: () => file.close(),
        sync: () => sync(file),
      };
    },
    holdSyncs: () => {
      held ??= Promise.withResolvers<void>();
    },
    releaseSyncs: release,
    failSyncs: () => {
      isFailing = true;
      release();
    },
  };
}
