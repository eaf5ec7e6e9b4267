import { parseEntry } from '@plumbline/core';
import { isHandover } from '@plumbline/ledger';

import type { Desk } from './desk.ts';
import { foldEntry, type Folding, RestoreError } from './fold-entry.ts';
import { resumeSnapshot } from './snapshots.ts';

/** How the log was found. */
export type Restored = {
  /** The pacts that were armed, by agent; none is in force before it was tested again. */
  readonly folding: Folding;
  readonly size: number;
  /** From which entry on the log was folded; what is before came from a snapshot. */
  readonly foldedFrom: number;
};

const BATCH = 1_024;

/**
 * Folds the log into the agents of the desk, from a snapshot or its beginning on.
 *
 * Errors: throws `RestoreError`, because a log that cannot be gone on with must not be added to.
 */
export async function restoreAgents(desk: Desk): Promise<Restored> {
  const folding: Folding = { desk, armed: new Map(), sources: new Map() };
  const { sequencer, recorder } = desk.parts;
  const foldedFrom = await resumeSnapshot(desk, folding);
  let index = foldedFrom;
  for (;;) {
    const batch = await sequencer.read(index, BATCH);
    if (batch.length === 0) return { folding, size: index, foldedFrom };
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
