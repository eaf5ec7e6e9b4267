import { canonical, type Entry, parseEntry } from '@plumbline/core';
import {
  encodeBase64,
  encodeUtf8,
  findSignature,
  formatNote,
  formatTlogProof,
  formatVerifierKey,
  type LogSource,
  type OpenedCheckpoint,
  proveInclusion,
  readCheckpoint,
  signText,
  type VerifierKey,
} from '@plumbline/ledger';

import { primitives } from '../ledger/primitives.ts';
import { openPayload } from '../seal/seal.ts';
import { recordKeys } from '../seal/record-keys.ts';
import { entriesAt, type Placed } from './entry-stream.ts';
import type { OfflineRecord } from './offline.ts';
import { OfflineError } from './offline-error.ts';
import { digestOf } from './opener.ts';
import { entryPath, type PackManifest } from './pack-files.ts';
import { PACK_CHECKER, packGuide } from './pack-guide.ts';
import { PACK_NOTE, packNoteText } from './pack-note.ts';
import { type PackRequest, selectPack } from './select-pack.ts';

/** A pack that was put together: its files, and what is in it. */
export type WrittenPack = {
  readonly manifest: PackManifest;
  readonly openings: number;
  readonly isSigned: boolean;
};

/** Takes one file of a pack; the next comes once it is taken. */
export type PutFile = (path: string, bytes: Uint8Array) => void | Promise<void>;

/** A pack whose entries were chosen: `indexes` ascend; those beyond the checkpoint are left out. */
export type ChosenPack = PackRequest & { readonly indexes: readonly number[] };

/**
 * Puts an evidence pack together: the entries of whole sessions with those of their agents' chains
 * and the erasures of people in them, a proof of each, the sources of the pacts, and the openings
 * asked for.
 *
 * Errors: `OfflineError` when nothing is selected or too much is, what shall be opened is not
 * selected, or files are missing.
 */
export async function writePack(
  record: OfflineRecord,
  request: PackRequest,
  putFile: PutFile,
): Promise<WrittenPack> {
  const { opened } = await provenBy(record);
  const indexes = await selectPack(record, request, opened.checkpoint.size);
  return writeChosenPack(record, { ...request, indexes }, putFile);
}

/** As `writePack`, of entries that were chosen already. Errors: as there. */
export async function writeChosenPack(
  record: OfflineRecord,
  request: ChosenPack,
  putFile: PutFile,
): Promise<WrittenPack> {
  const files: { [path: string]: string } = {};
  const put = async (path: string, bytes: Uint8Array): Promise<void> => {
    // Sources of pacts and the like are named by several entries.
    if (files[path] !== undefined) return;
    files[path] = digestOf(bytes).slice('sha256:'.length);
    await putFile(path, bytes);
  };
  const { checkpoint, opened } = await provenBy(record);
  const { origin, size } = opened.checkpoint;
  const key = (await signingKey(record, opened)) ?? request.key;
  if (key === null) {
    throw new OfflineError(record.place, 'whose key signed the log? give --key or --root-key');
  }
  const source = withTilesKept(record.source);
  const parts = { record: { ...record, source }, request, put, size, checkpoint };
  const indexes = request.indexes.filter((index) => index < size);
  let openings = 0;
  for await (const placed of entriesAt(record, { indexes, size })) {
    openings += await putEntry(parts, placed);
  }
  await put('checkpoint', checkpoint);
  await put('key.pem', encodeUtf8(pemOf(key)));
  const manifest: PackManifest = {
    format: 'plumbline-evidence-pack/v1',
    origin,
    size,
    verifierKey: formatVerifierKey(key),
    madeAt: request.madeAt,
    selection: selectionOf(request),
    entries: indexes,
    files,
  };
  await put('verify.py', encodeUtf8(PACK_CHECKER));
  await put('VERIFY.md', encodeUtf8(packGuide(manifest)));
  const isSigned = await putManifest(record, manifest, putFile);
  return { manifest, openings, isSigned };
}

type Proven = { readonly checkpoint: Uint8Array; readonly opened: OpenedCheckpoint };

async function provenBy({ source, place }: OfflineRecord): Promise<Proven> {
  const checkpoint = await source.read('checkpoint');
  const read = checkpoint === undefined ? undefined : readCheckpoint(checkpoint);
  if (checkpoint === undefined || read?.ok !== true) {
    throw new OfflineError(place, 'has no checkpoint to prove entries by');
  }
  return { checkpoint, opened: read.value };
}

const MOST_TILES = 64;

/** The same tiles prove entries that stand side by side. */
function withTilesKept(source: LogSource): LogSource {
  const kept = new Map<string, Uint8Array | undefined>();
  return {
    read: async (path) => {
      if (!path.startsWith('tile/')) return source.read(path);
      if (kept.has(path)) return kept.get(path);
      const bytes = await source.read(path);
      if (kept.size >= MOST_TILES) kept.clear();
      kept.set(path, bytes);
      return bytes;
    },
  };
}

/** Returns the lines of `sha256sum -c`: every file of the manifest, and the manifest. */
export function sumsOf({ files }: PackManifest, manifest: Uint8Array): string {
  const all = { ...files, 'manifest.json': digestOf(manifest).slice('sha256:'.length) };
  return Object.entries(all)
    .map(([path, hex]) => `${hex}  ${path}\n`)
    .sort((one, other) => (one.slice(66) < other.slice(66) ? -1 : 1))
    .join('');
}

async function putManifest(
  record: OfflineRecord,
  manifest: PackManifest,
  putFile: PutFile,
): Promise<boolean> {
  const bytes = encodeUtf8(canonical({ ...manifest, entries: [...manifest.entries] }));
  await putFile('manifest.json', bytes);
  await putFile('SHA256SUMS', encodeUtf8(sumsOf(manifest, bytes)));
  const signers = await record.signers(manifest.origin);
  const signer = signers.find(({ key }) => formatVerifierKey(key) === manifest.verifierKey);
  if (signer === undefined) return false;
  const text = packNoteText(manifest.origin, digestOf(bytes));
  const note = formatNote({ text, signatures: [await signText(signer, text)] });
  await putFile(PACK_NOTE, encodeUtf8(note));
  return true;
}

/** A log that handed over has several keys; the checkpoint is signed by the one in force. */
async function signingKey(
  record: OfflineRecord,
  { checkpoint, note }: OpenedCheckpoint,
): Promise<VerifierKey | undefined> {
  for (const { key } of await record.signers(checkpoint.origin)) {
    const signed = await findSignature(primitives, note, key);
    if (signed.ok && signed.value !== undefined) return key;
  }
  return undefined;
}

type Around = {
  readonly record: OfflineRecord;
  readonly request: PackRequest;
  readonly put: (path: string, bytes: Uint8Array) => Promise<void>;
  readonly size: number;
  readonly checkpoint: Uint8Array;
};

/** Returns how many payloads were opened. */
async function putEntry(around: Around, { index, bytes }: Placed): Promise<number> {
  const { record, put, size, checkpoint } = around;
  const { source } = record;
  const proof = await proveInclusion({ sha256: primitives.sha256, source, size }, index);
  if (!proof.ok) throw new OfflineError(record.place, proof.error.message);
  const hashes = proof.value;
  const text = formatTlogProof({ index, hashes, checkpoint: Buffer.from(checkpoint).toString() });
  await put(entryPath(index, 'json'), bytes);
  await put(entryPath(index, 'tlog-proof'), encodeUtf8(text));
  const read = parseEntry(bytes);
  if (!read.ok) return 0;
  const entry = read.value;
  for (const digest of blobsOf(entry)) await putBlob(around, digest);
  return putOpening(around, index, entry);
}

function blobsOf({ open, sealed }: Entry): readonly string[] {
  const sources = typeof open['sources'] === 'string' ? [open['sources']] : [];
  return sealed !== null && 'blob' in sealed ? [...sources, sealed.blob.digest] : sources;
}

async function putBlob({ record, put }: Around, digest: string): Promise<void> {
  const blob = await record.blob(digest);
  const hex = digest.slice('sha256:'.length);
  if (blob !== undefined) await put(`blobs/${hex.slice(0, 2)}/${hex}`, blob);
}

async function putOpening(around: Around, index: number, entry: Entry): Promise<number> {
  const { record, request, put } = around;
  const { sealed, session } = entry;
  const isOpen = request.open === 'all' || request.open.includes(session ?? '');
  if (sealed === null || !isOpen) return 0;
  const key = await record.subjectKey(sealed.subject);
  const opening =
    key === undefined
      ? record.opening(index)
      : recordKeys(key, Buffer.from(sealed.nonce, 'base64'));
  if (opening === undefined) return 0;
  const blob = 'blob' in sealed ? await record.blob(sealed.blob.digest) : undefined;
  const opened = openPayload({ sealed, opening, ...(blob === undefined ? {} : { blob }) });
  if (!opened.ok) throw new OfflineError(record.place, `entry ${index}: ${opened.error.message}`);
  await put(entryPath(index, 'opening'), encodeUtf8(`${Buffer.from(opening).toString('hex')}\n`));
  await put(entryPath(index, 'plain.json'), opened.value);
  return 1;
}

function selectionOf({ agent, sessions, fromAt, untilAt }: PackRequest): PackManifest['selection'] {
  return {
    ...(agent === null ? {} : { agent }),
    ...(sessions.length === 0 ? {} : { sessions: sessions.join(' ') }),
    ...(fromAt === -Infinity ? {} : { from: new Date(fromAt).toISOString() }),
    ...(untilAt === Infinity ? {} : { to: new Date(untilAt).toISOString() }),
  };
}

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Returns an Ed25519 key as OpenSSL reads it. Source: RFC 8410. */
function pemOf({ publicKey }: VerifierKey): string {
  const der = encodeBase64(Buffer.concat([SPKI_PREFIX, publicKey]));
  return `-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----\n`;
}
