import type { Disk } from '../disk/disk.ts';
import { LOG_FOLDER, logNumber, rolledFolder } from './layout.ts';
import { blobStore, type BlobStore } from './segment/blobs.ts';

/** Reads blobs of a log, and of the logs it continues. */
export class BlobReader {
  readonly #stores: readonly BlobStore[];

  /** base: the name of the first log; origin: of the one that is written. */
  constructor(disk: Disk, base: string, origin: string) {
    const number = logNumber(base, origin) ?? 0;
    const rolled = Array.from({ length: number }, (_, at) => rolledFolder(number - 1 - at));
    this.#stores = [LOG_FOLDER, ...rolled].map((folder) => blobStore(disk, `${folder}/blobs`));
  }

  /** Returns the bytes of `sha256:<hex>`, or undefined when they are not there, or damaged. */
  async read(digest: string): Promise<Uint8Array | undefined> {
    const hex = digest.replace(/^sha256:/, '');
    for (const store of this.#stores) {
      const bytes = await store.get(hex);
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  }
}
