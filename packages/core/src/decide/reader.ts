import type { Json } from '../json.ts';
import type { ReadSet } from './verdict.ts';

/**
 * How a decision looks at the state: every look has a key, so that what was read can be recorded
 * and the decision computed again without the state.
 */
export type Reader = {
  /** Returns the value under the key; `compute` says what the live state holds. */
  readonly look: <T extends Json>(key: string, compute: () => T) => T;
};

/** Returns a reader over the live state, and the record of what it read. */
export function liveReader(): { reader: Reader; readSet: () => ReadSet } {
  const read: { [key: string]: Json } = {};
  const look = <T extends Json>(key: string, compute: () => T): T => {
    const value = compute();
    read[key] = value;
    return value;
  };
  return { reader: { look }, readSet: () => read };
}

/** Thrown inside `recompute` when a recorded read set lacks a key; caught by `recompute` alone. */
export class MissingReadError extends Error {
  readonly key: string;

  constructor(key: string) {
    super(`read set lacks \`${key}\``);
    this.key = key;
  }
}

/** Returns a reader over a recorded read set; the state is never touched. */
export function recordedReader(readSet: ReadSet): Reader {
  return {
    look: <T extends Json>(key: string, _compute: () => T): T => {
      if (!Object.hasOwn(readSet, key)) throw new MissingReadError(key);
      // The read set was recorded by `liveReader` under the same key with the same type.
      return readSet[key] as T;
    },
  };
}
