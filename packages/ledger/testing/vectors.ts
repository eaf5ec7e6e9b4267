import { readFileSync } from 'node:fs';

/** A proof between a leaf or size `from` and the tree of `size`, in hexadecimal. */
export type ProofVector = {
  readonly from: number;
  readonly size: number;
  readonly hashes: readonly string[];
};

/** What Go's libraries make of the tree of Certificate Transparency's own tests. */
export type GoVectors = {
  readonly leaves: readonly string[];
  readonly roots: readonly string[];
  readonly inclusion: readonly ProofVector[];
  readonly consistency: readonly ProofVector[];
  readonly logKey: string;
  readonly witnessKey: string;
  readonly checkpoint: string;
};

/** Examples of the specifications. */
export type C2spVectors = {
  readonly notes: readonly { readonly key: string; readonly note: string }[];
  readonly paths: readonly {
    readonly path: string;
    readonly level: number | 'entries';
    readonly index: number;
    readonly width: number;
  }[];
  readonly partialTiles: readonly { readonly size: number; readonly tiles: readonly object[] }[];
};

/** Texts that no strict parser may read. */
export type RefusedVectors = Readonly<
  Record<'paths' | 'checkpoints' | 'notes' | 'keys', readonly string[]>
>;

/** Reads one file of `spec/vectors/ledger`. The caller names its shape, which these types state. */
function readVectors(name: string): unknown {
  const url = new URL(`../../../spec/vectors/ledger/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

// The files are part of this repository: their shapes are what the types above say.
export const goVectors = readVectors('go-libraries') as GoVectors;
// As above.
export const c2spVectors = readVectors('c2sp') as C2spVectors;
// As above.
export const refusedVectors = readVectors('refused') as RefusedVectors;

/** Returns the bytes of hexadecimal. */
export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'));
}
