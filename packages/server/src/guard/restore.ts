import { type CompiledPact, parseEntry } from '@plumbline/core';
import { isHandover } from '@plumbline/ledger';

import type { Desk } from './desk.ts';
import { foldEntry, type Folding, RestoreError } from './fold-entry.ts';

/** How the log was found. */
export type Restored = {
  /** The pacts that were armed, by agent; none is in force before it was tested again. */
  readonly armed: ReadonlyMap<string, CompiledPact>;
  readonly size: number;
};

const BATCH = 1_024;

/**
 * Folds the log into the agents of the desk, from its beginning. Errors: throws `RestoreError`,
 * because a log that cannot be gone on with must not be added to.
 */
export async function restoreAgents(desk: Desk): Promise<Restored> {
  const folding: Folding = { desk, armed: new Map(), sources: new Map() };
  const { sequencer, recorder } = desk.parts;
  let index = 0;
  for (;;) {
    const batch = await sequencer.read(index, BATCH);
    if (batch.length === 0) return { armed: folding.armed, size: index };
    for (const bytes of batch) {
      recorder.follow(bytes);
      if (!isHandover(bytes)) await foldBytes(folding, bytes, index);
      index += 1;
    }
  }
}

async function foldBytes(folding: Folding, bytes: Uint8Array, index: number): Promise<void> {
  const read = parseEntry(bytes);
  if (!read.ok) throw new RestoreError(`entry ${index} ${read.error}: verify the log`);
  await foldEntry(folding, read.value, index);
}
