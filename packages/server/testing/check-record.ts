import assert from 'node:assert/strict';

import {
  type Entry,
  type Opened,
  parseEntry,
  RecordCheck,
  type RecordReport,
} from '@plumbline/core';
import { leafHash } from '@plumbline/ledger';

import { primitives } from '../src/ledger/primitives.ts';
import type { GuardScene } from './guard-scene.ts';
import { openWith } from './open-with.ts';

/** Returns what a verifier says who holds the key of every subject that is not erased. */
export async function checkRecord({
  log,
  subjects,
  pacts,
}: Pick<GuardScene, 'log' | 'subjects' | 'pacts'>): Promise<RecordReport> {
  const entries = log.entries();
  const keys = new Map<string, Uint8Array>();
  const blobs = new Map<string, Uint8Array>();
  for (const bytes of entries) {
    const read = parseEntry(bytes);
    const sealed = read.ok ? read.value.sealed : null;
    if (sealed === null) continue;
    const subject = await subjects.byId(sealed.subject);
    if (subject !== undefined) keys.set(subject.id, subject.key);
    const blob = 'blob' in sealed ? await log.blob(sealed.blob.digest) : undefined;
    if ('blob' in sealed && blob !== undefined) blobs.set(sealed.blob.digest, blob);
  }
  const open = (entry: Entry): Opened => openWith({ keys, blobs }, entry);
  const options = { heartbeatMs: 86_400_000, isPartial: false };
  const check = new RecordCheck({ open, pactOf: (digest) => pacts.get(digest) }, options);
  for (const [index, bytes] of entries.entries()) {
    const leaf = Buffer.from(leafHash(primitives.sha256, bytes)).toString('base64');
    assert.equal(check.take(bytes, index, leaf), undefined);
  }
  return check.report();
}
