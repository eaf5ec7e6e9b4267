import { encodeUtf8, equalBytes, readCheckpoint } from '@plumbline/ledger';
import { Integer, OctetString } from 'asn1js';
import {
  AlgorithmIdentifier,
  MessageImprint,
  SignedData,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';
import type { Disk } from '../disk/disk.ts';
import type { Egress } from '../egress/egress.ts';
import { LOG_FOLDER } from './layout.ts';
import { primitives } from './primitives.ts';

/** What came of asking for a time-stamp. */
export type Stamped =
  | { readonly kind: 'stamped'; readonly size: number; readonly at: number }
  /** No authority is configured, or this size has a time-stamp already. */
  | { readonly kind: 'nothing-to-do' }
  | { readonly kind: 'failed'; readonly message: string };

/** Where the authority is asked and the answer kept. */
export type Stamping = {
  readonly disk: Disk;
  readonly egress: Pick<Egress, 'request'>;
  readonly random: (length: number) => Uint8Array;
  readonly url: string | null;
};

type Asked = { readonly digest: Uint8Array; readonly nonce: Uint8Array };

const SHA256 = '2.16.840.1.101.3.4.2.1';
const NONCE_BYTES = 16;
const LIMIT_MS = 10_000;
const MAX_ANSWER_BYTES = 256 * 1024;
const GRANTED: ReadonlySet<number> = new Set([0, 1]);

/**
 * Has the signed text of a checkpoint dated, and keeps the answer as `timestamps/<size>.tsr`.
 *
 * The answer is held to the digest and the nonce that were asked for; whose signature it bears is
 * checked by whoever relies on it, with that authority's certificate.
 * Errors: `failed` for the authority; rejects with a `DiskError`.
 * Source: RFC 3161.
 */
export async function stampCheckpoint(checkpoint: string, to: Stamping): Promise<Stamped> {
  if (to.url === null) return { kind: 'nothing-to-do' };
  const read = readCheckpoint(encodeUtf8(checkpoint));
  if (!read.ok) return { kind: 'failed', message: read.error.message };
  const { size } = read.value.checkpoint;
  const path = `${LOG_FOLDER}/timestamps/${size}.tsr`;
  if ((await to.disk.read(path)) !== undefined) return { kind: 'nothing-to-do' };
  const digest = primitives.sha256(encodeUtf8(read.value.note.text));
  const asked = { digest, nonce: positive(to.random(NONCE_BYTES)) };
  const answer = await to.egress.request({
    url: to.url,
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query' },
    body: formatRequest(asked),
    timeoutMs: LIMIT_MS,
    maxBytes: MAX_ANSWER_BYTES,
  });
  if (!answer.ok) return { kind: 'failed', message: answer.message };
  if (answer.value.status !== 200) {
    return { kind: 'failed', message: `the authority answered status ${answer.value.status}` };
  }
  const at = readAnswer(answer.value.body, asked);
  if (typeof at === 'string') return { kind: 'failed', message: at };
  await to.disk.replace(path, answer.value.body);
  return { kind: 'stamped', size, at };
}

function formatRequest({ digest, nonce }: Asked): Uint8Array {
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA256 }),
      hashedMessage: new OctetString({ valueHex: bufferOf(digest) }),
    }),
    certReq: true,
    nonce: new Integer({ valueHex: bufferOf(nonce) }),
  });
  return new Uint8Array(request.toSchema().toBER());
}

/** Returns when the answer says it was, in milliseconds, or what is wrong with it. */
function readAnswer(body: Uint8Array, { digest, nonce }: Asked): number | string {
  const info = parseAnswer(body);
  if (typeof info === 'string') return info;
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  const dated = new Uint8Array(hashedMessage.getValue());
  if (hashAlgorithm.algorithmId !== SHA256 || !equalBytes(dated, digest)) {
    return 'the authority dated something else';
  }
  const echoed = info.nonce?.valueBlock.valueHexView;
  if (echoed === undefined || !equalBytes(echoed, nonce)) {
    return 'the authority did not repeat the nonce: its answer may be an old one';
  }
  return info.genTime.getTime();
}

function parseAnswer(body: Uint8Array): TSTInfo | string {
  try {
    const { status, timeStampToken } = TimeStampResp.fromBER(bufferOf(body));
    const code: number = status.status;
    if (!GRANTED.has(code)) return `the authority refused with status ${code}`;
    const signed = new SignedData({ schema: timeStampToken?.content });
    const content = signed.encapContentInfo.eContent?.getValue();
    return content === undefined ? 'the token is empty' : TSTInfo.fromBER(content);
  } catch (error) {
    return `the answer is no time-stamp: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A nonce whose first byte leaves it positive and without a leading zero, as DER wants it. */
function positive(nonce: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(nonce);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
