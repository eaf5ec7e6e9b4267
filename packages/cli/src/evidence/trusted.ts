import { readFileSync } from 'node:fs';
import {
  type Checkpoint,
  formatKnownLogs,
  formatVerifierKey,
  type KnownLog,
  parseKnownLogs,
  parsePolicy,
  parseVerifierKey,
  type Policy,
  readCheckpoint,
  rememberCheckpoint,
  type VerifierKey,
} from '@plumbline/ledger';
import { type OfflineRecord, primitives, readPack } from '@plumbline/server';

import { errorCode, whyNotRead } from '../files/read-text.ts';
import { writeWhole } from '../files/write-whole.ts';
import { Stop } from '../stop.ts';

/** Whom a verifier was told to trust. */
export type TrustOptions = {
  readonly key?: string;
  readonly knownLogs?: string;
  readonly policy?: string;
};

/** Whom a verifier trusts, and who said so. */
export type Trusted = {
  readonly key: VerifierKey | null;
  readonly keyFrom: 'given' | 'known logs' | 'vault' | 'pack' | 'policy' | null;
  readonly known: KnownLog | null;
  readonly logs: readonly KnownLog[];
  readonly policy: Policy | null;
};

/**
 * Returns whom to trust about a record: the key given, else that of the known log, else that of
 * the vault beside the log. A pack's own key is taken only when nothing else is there, and then
 * says nothing about who wrote it.
 */
export async function trustedFor(record: OfflineRecord, options: TrustOptions): Promise<Trusted> {
  const origin = await originOf(record);
  const told = trustedIn(origin, options);
  if (told.key !== null) return told;
  // The first key is that of the first log; where a log was rolled over, its name was another.
  const [signer] = await record.signers(await firstOriginOf(record, origin));
  if (signer !== undefined) return { ...told, key: signer.key, keyFrom: 'vault' };
  if (record.packFolder === null) return told;
  const { verifierKey } = readPack(record.packFolder).manifest;
  return { ...told, key: keyOf(verifierKey), keyFrom: 'pack' };
}

/** Returns whom the options alone trust about a log. */
export function trustedIn(origin: string, options: TrustOptions): Trusted {
  const policy = options.policy === undefined ? null : policyIn(options.policy);
  const logs = options.knownLogs === undefined ? [] : knownLogsIn(options.knownLogs);
  const known = logs.find(({ key }) => key.name === origin) ?? null;
  const rest = { known, logs, policy };
  if (options.key !== undefined) return { key: keyOf(options.key), keyFrom: 'given', ...rest };
  if (known !== null) return { key: known.key, keyFrom: 'known logs', ...rest };
  const ofPolicy = policy?.logs.find(({ key }) => key.name === origin)?.key;
  if (ofPolicy !== undefined) return { key: ofPolicy, keyFrom: 'policy', ...rest };
  return { key: null, keyFrom: null, ...rest };
}

/** Returns the policy that relies on one log key and no witness. */
export function policyOf(key: VerifierKey | null): Policy | null {
  return key === null ? null : { logs: [{ key }], witnesses: [], groups: [], quorum: 'none' };
}

/** Moves a known log on to a checkpoint that verified. */
export function remember(
  file: string,
  { logs }: Trusted,
  { key, checkpoint }: { readonly key: VerifierKey; readonly checkpoint: Checkpoint },
): void {
  const text = formatKnownLogs(rememberCheckpoint(logs, key, checkpoint));
  writeWhole(file, text, { isNew: false });
}

/** Returns a verifier key as it is handed on. */
export function keyText(key: VerifierKey): string {
  return formatVerifierKey(key);
}

async function originOf({ place, source }: OfflineRecord): Promise<string> {
  const bytes = await source.read('checkpoint');
  if (bytes === undefined) {
    throw new Stop('cannot be had: is there a log, and is it served?', `${place}: checkpoint`);
  }
  const read = readCheckpoint(bytes);
  if (read.ok) return read.value.checkpoint.origin;
  const hint = 'the file is damaged, or is no checkpoint; compare it with a copy';
  throw new Stop(`${read.error.message}; ${hint}`, `${place}: checkpoint`);
}

async function firstOriginOf(record: OfflineRecord, origin: string): Promise<string> {
  const [first] = record.rolled;
  if (first === undefined) return origin;
  const bytes = await record.rolledSource(first).read('checkpoint');
  const read = bytes === undefined ? undefined : readCheckpoint(bytes);
  return read?.ok === true ? read.value.checkpoint.origin : origin;
}

function keyOf(text: string): VerifierKey {
  const key = parseVerifierKey(primitives.sha256, text);
  if (key.ok) return key.value;
  const hint = 'who runs the log hands it on, as `log.example/desk+1a2b3c4d+AX…`';
  throw new Stop(`\`${text}\` is no verifier key: ${key.error.message}; ${hint}`);
}

function policyIn(file: string): Policy {
  const policy = parsePolicy(primitives.sha256, bytesOf(file) ?? missing(file));
  if (policy.ok) return policy.value;
  throw new Stop(policy.error.message, file);
}

/** A file of known logs begins empty. */
function knownLogsIn(file: string): readonly KnownLog[] {
  const bytes = bytesOf(file);
  if (bytes === undefined) return [];
  const logs = parseKnownLogs(primitives.sha256, bytes);
  if (logs.ok) return logs.value;
  throw new Stop(
    `${logs.error.message}; name a file that \`--remember\` wrote, or a new one`,
    file,
  );
}

function bytesOf(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined;
    throw new Stop(whyNotRead(cause), file);
  }
}

function missing(file: string): never {
  throw new Stop('no such file', file);
}
