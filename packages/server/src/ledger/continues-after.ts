import { formatEntry, parseEntry } from '@plumbline/core';
import { type Checkpoint, encodeBase64, leafHash, readBundle, TILE_WIDTH } from '@plumbline/ledger';

import type { Disk } from '../disk/disk.ts';
import { diskSource } from './disk-source.ts';
import { logNumber, rolledFolder } from './layout.ts';
import { primitives } from './primitives.ts';
import { LedgerStopped, type Submission } from './sequencer.ts';

/**
 * Returns the entry that begins the log after one that was rolled over, where a crash came in
 * between: it follows the entry that ended it, in the chain of the node.
 *
 * base: the name of the first log. Rejects with `LedgerStopped` when that entry is not there.
 */
export async function continuesAfter(
  disk: Disk,
  base: string,
  before: Checkpoint,
): Promise<Submission> {
  const { origin, size, root } = before;
  const folder = rolledFolder(logNumber(base, origin) ?? 0);
  const index = Math.floor((size - 1) / TILE_WIDTH);
  const bundle = await readBundle(diskSource(disk, folder), { index, size });
  const bytes = bundle.ok ? bundle.value.at(-1) : undefined;
  const last = bytes === undefined ? undefined : parseEntry(bytes);
  if (bytes === undefined || last?.ok !== true || last.value.kind !== 'rolled') {
    const message = `the last entry of \`${folder}\` does not end it: put it back from a copy`;
    throw new LedgerStopped('disk', message);
  }
  const { at, n } = last.value;
  const text = formatEntry({
    v: 1,
    at,
    kind: 'continues',
    agent: null,
    session: null,
    n: n + 1,
    prev: encodeBase64(leafHash(primitives.sha256, bytes)),
    open: { origin, size, root: encodeBase64(root) },
    sealed: null,
  });
  const entry = Buffer.from(text, 'utf8');
  return { bytes: entry, leaf: leafHash(primitives.sha256, entry) };
}
