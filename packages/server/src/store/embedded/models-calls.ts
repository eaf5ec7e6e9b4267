import type { Filter, NameWanted, RoomFilter } from '../models.ts';
import type { StoreFault } from './sqlite-error.ts';

/** Entries on their way to another thread: their bytes, one after the other, and their sizes. */
export type PackedEntries = { readonly bytes: ArrayBuffer; readonly sizes: readonly number[] };

/** What the thread of the read models is asked to do. */
export type ModelsCall =
  | { readonly kind: 'nextIndex' | 'drop' | 'close' }
  | { readonly kind: 'fold'; readonly from: number; readonly entries: PackedEntries }
  | {
      readonly kind: 'sessions' | 'decisions' | 'events' | 'grants' | 'grantCounts';
      readonly filter: Filter;
    }
  | { readonly kind: 'nameLike'; readonly wanted: NameWanted }
  | { readonly kind: 'roomOpenings'; readonly of: RoomFilter }
  | { readonly kind: 'activity'; readonly sinceAt: number }
  | { readonly kind: 'decision'; readonly decision: string }
  | { readonly kind: 'whereDecided'; readonly decisions: readonly string[] };

/** A call with the number its answer will bear. */
export type NumberedCall = { readonly number: number; readonly call: ModelsCall };

/** What came of a call. The first answer, number 0, says whether the models could be opened. */
export type ModelsAnswer =
  | { readonly number: number; readonly ok: true; readonly value: unknown }
  | {
      readonly number: number;
      readonly ok: false;
      /** Null for what is no `StoreError`. */
      readonly fault: StoreFault | null;
      readonly message: string;
    };

/** Copies entries into one buffer that can be handed to another thread. */
export function packEntries(entries: readonly Uint8Array[]): PackedEntries {
  const sizes = entries.map(({ length }) => length);
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
  let offset = 0;
  for (const entry of entries) {
    bytes.set(entry, offset);
    offset += entry.length;
  }
  return { bytes: bytes.buffer, sizes };
}

/** Returns the entries of a buffer, as views of it. */
export function unpackEntries({ bytes, sizes }: PackedEntries): readonly Uint8Array[] {
  let offset = 0;
  return sizes.map((size) => {
    offset += size;
    return new Uint8Array(bytes, offset - size, size);
  });
}
