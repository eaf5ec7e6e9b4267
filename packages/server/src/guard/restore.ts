import { type EntryKind, parseEntry } from '@plumbline/core';
import { isHandover } from '@plumbline/ledger';

import type { Desk } from './desk.ts';
import { foldEntry, type Folding, RestoreError } from './fold-entry.ts';
import { removeSnapshot } from './snapshot-file.ts';
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
  const first = await foldLog(desk);
  const { snapshots, recorder } = desk.parts;
  if (!first.isErased || snapshots === undefined) return first;
  // One that is older than an erasure was put back from a backup, and holds what was erased.
  await removeSnapshot(snapshots);
  if (first.foldedFrom === 0) return first;
  desk.agents.clear();
  desk.locks.clear();
  desk.tokens.clear();
  recorder.resume({ at: 0, heads: [] });
  return foldLog(desk);
}

/** `isErased`: somebody was erased in what was folded. */
async function foldLog(desk: Desk): Promise<Restored & { readonly isErased: boolean }> {
  const folding: Folding = { desk, armed: new Map(), sources: new Map() };
  const { sequencer, recorder } = desk.parts;
  const foldedFrom = await resumeSnapshot(desk, folding);
  let index = foldedFrom;
  let isErased = false;
  for (;;) {
    const batch = await sequencer.read(index, BATCH);
    if (batch.length === 0) return { folding, size: index, foldedFrom, isErased };
    for (const bytes of batch) {
      recorder.follow(bytes);
      const kind = isHandover(bytes) ? null : await foldBytes(folding, bytes, index);
      isErased ||= kind === 'erasure';
      index += 1;
    }
  }
}

async function foldBytes(folding: Folding, bytes: Uint8Array, index: number): Promise<EntryKind> {
  const read = parseEntry(bytes);
  if (!read.ok) throw new RestoreError(`entry ${index} ${read.error}: verify the log`);
  await foldEntry(folding, read.value, index);
  return read.value.kind;
}
