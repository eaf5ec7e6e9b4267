import type { Where } from './offline.ts';
import type { ChosenPack } from './write-pack.ts';

/** What the thread that writes a pack is started with. `folder` is what stands in the archive. */
export type PackJob = {
  readonly where: Where;
  readonly folder: string;
  readonly request: ChosenPack;
};

/** What the thread says: bytes of the archive in order, and at last that it is whole, or why. */
export type PackSaid =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end' }
  | { readonly kind: 'offline'; readonly place: string; readonly message: string };
