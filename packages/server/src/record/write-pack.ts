import { canonical, type Entry, parseEntry } from '@plumbline/core';
import {
  encodeBase64,
  encodeUtf8,
  findSignature,
  formatNote,
  formatTlogProof,
  formatVerifierKey,
  type OpenedCheckpoint,
  proveInclusion,
  readCheckpoint,
  signText,
  type VerifierKey,
} from '@plumbline/ledger';

import { primitives } from '../ledger/primitives.ts';
import { openPayload } from '../seal/seal.ts';
import { recordKeys } from '../seal/record-keys.ts';
import { entriesOf, type Placed } from './entry-stream.ts';
import type { OfflineRecord } from './offline.ts';
import { OfflineError } from './offline-error.ts';
import { digestOf } from './opener.ts';
import { entryPath, type PackManifest } from './pack-files.ts';
import { PACK_CHECKER, packGuide } from './pack-guide.ts';
import { PACK_NOTE, packNoteText } from './pack-note.ts';

/** What a pack shall show, and what its reader may open. */
export type PackRequest = {
  readonly agent: string | null;
  readonly sessions: readonly string[];
  readonly fromAt: number;
  readonly untilAt: number;
  /** Sessions whose payloads are opened: those named, or every selected one. */
  readonly open: readonly string[] | 'all';
  /** The log's key; the vault's own, where it is at hand, is the one that signed. */
  readonly key: VerifierKey | null;
  readonly madeAt: number;
};

/** The most entries of one pack; a longer one is asked for in parts. */
export const MOST_PACK_ENTRIES = 100_000;

/** A pack that was put together: its files, and what is in it. */
export type WrittenPack = {
  readonly manifest: PackManifest;
  readonly openings: number;
  readonly isSigned: boolean;
};

/** Takes one file of a pack. */
export type PutFile = (path: string, bytes: Uint8Array) => void;

/**
 * Puts an evidence pack together: the entries of whole sessions with those of their agents' chains
 * and every erasure, a proof of each, the sources of the pacts, and the openings asked for.
 *
 * Errors: `OfflineError` when nothing is selected or too much is, what shall be opened is not
 * selected, or files are missing.
 */
export async function writePack(
  record: OfflineRecord,
  request: PackRequest,
  putFile: PutFile,
): Promise<WrittenPack> {
  const files: { [path: string]: string } = {};
  const put: PutFile = (path, bytes) => {
    files[path] = digestOf(bytes).slice('sha256:'.length);
    putFile(path, bytes);
  };
  const checkpoint = await record.source.read('checkpoint');
  const read = checkpoint === undefined ? undefined : readCheckpoint(checkpoint);
  if (checkpoint === undefined || read?.ok !== true) {
    throw new OfflineError(record.place, 'has no checkpoint to prove entries by');
  }
  const { origin, size } = read.value.checkpoint;
  const key = (await signingKey(record, read.value)) ?? request.key;
  if (key === null) {
    throw new OfflineError(record.place, 'whose key signed the log? give --key or --root-key');
  }
  const selected = await select(record, request, size);
  const parts = { record, request, put, size, checkpoint };
  let openings = 0;
  for (const placed of selected) openings += await putEntry(parts, placed);
  put('checkpoint', checkpoint);
  put('key.pem', encodeUtf8(pemOf(key)));
  const manifest: PackManifest = {
    format: 'plumbline-evidence-pack/v1',
    origin,
    size,
    verifierKey: formatVerifierKey(key),
    madeAt: request.madeAt,
    selection: selectionOf(request),
    entries: selected.map(({ index }) => index),
    files,
  };
  put('verify.py', encodeUtf8(PACK_CHECKER));
  put('VERIFY.md', encodeUtf8(packGuide(manifest)));
  const isSigned = await putManifest(record, manifest, putFile);
  return { manifest, openings, isSigned };
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
  putFile('manifest.json', bytes);
  putFile('SHA256SUMS', encodeUtf8(sumsOf(manifest, bytes)));
  const signers = await record.signers(manifest.origin);
  const signer = signers.find(({ key }) => formatVerifierKey(key) === manifest.verifierKey);
  if (signer === undefined) return false;
  const text = packNoteText(manifest.origin, digestOf(bytes));
  const note = formatNote({ text, signatures: [await signText(signer, text)] });
  putFile(PACK_NOTE, encodeUtf8(note));
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

type Selected = Placed & { readonly entry: Entry };

async function select(
  record: OfflineRecord,
  request: PackRequest,
  size: number,
): Promise<readonly Selected[]> {
  const sessions = new Set<string>();
  const agents = new Set<string>();
  for await (const { entry } of parsedEntries(record, size)) {
    if (!isAskedFor(entry, request)) continue;
    sessions.add(entry.session ?? '');
    agents.add(entry.agent ?? '');
  }
  const selected: Selected[] = [];
  for await (const placed of parsedEntries(record, size)) {
    const { kind, agent, session } = placed.entry;
    const isWanted =
      kind === 'erasure' ||
      (session === null ? agent !== null && agents.has(agent) : sessions.has(session));
    if (isWanted) selected.push(placed);
    if (selected.length > MOST_PACK_ENTRIES) {
      throw new OfflineError(record.place, `more than ${MOST_PACK_ENTRIES} entries, ask for less`);
    }
  }
  if (sessions.size === 0) throw new OfflineError(record.place, NO_SESSION);
  refuseUnselected(record.place, request.open, sessions);
  return selected;
}

const NO_SESSION = 'no session matches; `plumb log tail --kind session_opened` lists them';

const MOST_NAMED = 5;

/** Who wants a session opened and gets a pack without it would find out at its reader's. */
function refuseUnselected(
  place: string,
  open: PackRequest['open'],
  selected: ReadonlySet<string>,
): void {
  const missed = open === 'all' ? undefined : open.find((session) => !selected.has(session));
  if (missed === undefined) return;
  const named = [...selected].slice(0, MOST_NAMED).join(', ');
  const more = selected.size > MOST_NAMED ? ` and ${selected.size - MOST_NAMED} more` : '';
  throw new OfflineError(
    place,
    `\`${missed}\` cannot be opened, it is not selected; selected: ${named}${more}`,
  );
}

function isAskedFor(entry: Entry, { agent, sessions, fromAt, untilAt }: PackRequest): boolean {
  const { session, at } = entry;
  if (session === null || at < fromAt || at > untilAt) return false;
  if (agent !== null && entry.agent !== agent) return false;
  return sessions.length === 0 || sessions.includes(session);
}

async function* parsedEntries(record: OfflineRecord, until: number): AsyncGenerator<Selected> {
  for await (const bundle of entriesOf(record, { from: 0, until })) {
    for (const { index, bytes } of bundle) {
      const read = parseEntry(bytes);
      if (read.ok) yield { index, bytes, entry: read.value };
    }
  }
}

type Around = {
  readonly record: OfflineRecord;
  readonly request: PackRequest;
  readonly put: PutFile;
  readonly size: number;
  readonly checkpoint: Uint8Array;
};

/** Returns how many payloads were opened. */
async function putEntry(around: Around, { index, bytes, entry }: Selected): Promise<number> {
  const { record, put, size, checkpoint } = around;
  const { source } = record;
  const proof = await proveInclusion({ sha256: primitives.sha256, source, size }, index);
  if (!proof.ok) throw new OfflineError(record.place, proof.error.message);
  const hashes = proof.value;
  const text = formatTlogProof({ index, hashes, checkpoint: Buffer.from(checkpoint).toString() });
  put(entryPath(index, 'json'), bytes);
  put(entryPath(index, 'tlog-proof'), encodeUtf8(text));
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
  if (blob !== undefined) put(`blobs/${hex.slice(0, 2)}/${hex}`, blob);
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
  put(entryPath(index, 'opening'), encodeUtf8(`${Buffer.from(opening).toString('hex')}\n`));
  put(entryPath(index, 'plain.json'), opened.value);
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
