import { type Opened, parseEntry, type RecordCheck } from '@plumbline/core';
import {
  type Checkpoint,
  decodeUtf8,
  isHandover,
  leafHash,
  type LogSource,
  parseNote,
  parseTlogProof,
  parseVerifierKey,
  findSignature,
  type Result,
  verifyInclusion,
} from '@plumbline/ledger';

import { primitives } from '../ledger/primitives.ts';
import type { OfflineRecord } from './offline.ts';
import { digestOf, type Opener } from './opener.ts';
import { entryPath, type PackManifest, readPack } from './pack-files.ts';
import { PACK_NOTE, packNoteText } from './pack-note.ts';
import { sumsOf } from './write-pack.ts';

/** What a pack is held to. */
type Given = {
  readonly checkpoint: Checkpoint;
  readonly check: PackCheck | null;
};

/** `opened`: what came of opening the entry that is taken next. */
type PackCheck = { readonly record: RecordCheck; readonly opener: Opener; opened: Opened };

/**
 * Verifies an evidence pack: every file against the manifest, the manifest's signature where there
 * is one, every entry against the checkpoint, and every entry as far as a part of a log can be.
 */
export async function verifyPack(
  record: OfflineRecord,
  { checkpoint, check }: Given,
): Promise<Result<{ readonly tileCount: number; readonly handovers: readonly [] }>> {
  const { manifest } = readPack(record.place);
  if (manifest.origin !== checkpoint.origin || manifest.size !== checkpoint.size) {
    return fault('mismatch', 'manifest.json: is of another checkpoint');
  }
  const wrong = (await checkFiles(record.source, manifest)) ?? (await checkNote(record, manifest));
  if (wrong !== undefined) return wrong;
  const blobs = Object.keys(manifest.files).filter((name) => name.startsWith('blobs/'));
  for (const path of blobs) {
    await check?.opener.prepareSources(`sha256:${path.slice(path.lastIndexOf('/') + 1)}`);
  }
  for (const index of manifest.entries) {
    const complaint = await checkEntry(record, index, { checkpoint, check });
    if (complaint !== undefined) return complaint;
  }
  return { ok: true, value: { tileCount: 0, handovers: [] } };
}

type Refused = { readonly ok: false; readonly error: Fault };
type Fault = Extract<Result<never>, { readonly ok: false }>['error'];

async function checkFiles(source: LogSource, whole: PackManifest): Promise<Refused | undefined> {
  for (const [path, hex] of Object.entries(whole.files)) {
    const bytes = await source.read(path);
    if (bytes === undefined) return fault('missing', `${path}: no such file in the pack`);
    if (digestOf(bytes) !== `sha256:${hex}`) {
      return fault('mismatch', `${path}: is not the file of the manifest`);
    }
  }
  const manifest = await source.read('manifest.json');
  const sums = await textOf(source, 'SHA256SUMS');
  if (manifest === undefined || sums !== sumsOf(whole, manifest)) {
    return fault('mismatch', 'SHA256SUMS: is not the list of the manifest');
  }
  return undefined;
}

/** The key stands in the pack itself, so this says only that the pack was not changed since. */
async function checkNote(
  { source }: OfflineRecord,
  { origin, verifierKey }: PackManifest,
): Promise<Refused | undefined> {
  const [bytes, manifest] = [await source.read(PACK_NOTE), await source.read('manifest.json')];
  if (bytes === undefined || manifest === undefined) return undefined;
  const note = parseNote(bytes);
  const key = parseVerifierKey(primitives.sha256, verifierKey);
  if (!note.ok) return fault('malformed', `${PACK_NOTE}: ${note.error.message}`);
  if (!key.ok) return fault('malformed', `manifest.json: ${key.error.message}`);
  if (note.value.text !== packNoteText(origin, digestOf(manifest))) {
    return fault('mismatch', `${PACK_NOTE}: is of another manifest`);
  }
  const signed = await findSignature(primitives, note.value, key.value);
  if (!signed.ok) return fault(signed.error.code, `${PACK_NOTE}: ${signed.error.message}`);
  return signed.value === undefined
    ? fault('missing', `${PACK_NOTE}: is not signed by the key of the log`)
    : undefined;
}

async function checkEntry(
  { source }: OfflineRecord,
  index: number,
  { checkpoint, check }: Given,
): Promise<Refused | undefined> {
  const place = entryPath(index, 'json');
  const entry = await source.read(place);
  const proofBytes = await source.read(entryPath(index, 'tlog-proof'));
  if (entry === undefined || proofBytes === undefined) {
    return fault('missing', `${place}: the entry or its proof is not in the pack`);
  }
  const proof = parseTlogProof(proofBytes);
  if (!proof.ok) return fault('malformed', `${place}: its proof: ${proof.error.message}`);
  const leaf = leafHash(primitives.sha256, entry);
  const { size, root } = checkpoint;
  const { hashes } = proof.value;
  const isThere =
    proof.value.index === index &&
    proof.value.checkpoint === (await textOf(source, 'checkpoint')) &&
    verifyInclusion(primitives.sha256, { leaf, index, size, root, proof: hashes });
  if (!isThere) return fault('mismatch', `${place}: the proof does not show it at ${index}`);
  if (check === null || isHandover(entry)) return undefined;
  const read = parseEntry(entry);
  if (!read.ok) return fault('refused', `${place}: ${read.error}`);
  await check.opener.prepareEntry(read.value, index);
  check.opened = check.opener.open(read.value);
  const complaint = check.record.takeEntry(read.value, index, Buffer.from(leaf).toString('base64'));
  return complaint === undefined ? undefined : fault('refused', `${place}: ${complaint}`);
}

async function textOf(source: LogSource, path: string): Promise<string | undefined> {
  const bytes = await source.read(path);
  return bytes === undefined ? undefined : decodeUtf8(bytes);
}

function fault(code: Fault['code'], message: string): Refused {
  return { ok: false, error: { code, message } };
}
