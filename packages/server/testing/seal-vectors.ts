import { readFileSync } from 'node:fs';
import type { Sealed } from '@plumbline/core';

/** One record as another implementation sealed it. */
export type SealVector = {
  readonly name: string;
  readonly subject: string;
  readonly key: string;
  readonly plaintext: string;
  readonly opening: string;
  readonly sealed: Sealed;
  readonly blob?: string;
};

const url = new URL('../../../spec/vectors/entries/seal.json', import.meta.url);

// The compiler cannot see the file, whose shape these types state.
const { vectors } = JSON.parse(readFileSync(url, 'utf8')) as { vectors: readonly SealVector[] };

/** `spec/vectors/entries/seal.json`. */
export const sealVectors: readonly SealVector[] = vectors;
