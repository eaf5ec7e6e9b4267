import {
  type Checkpoint,
  cosignText,
  encodeUtf8,
  equalBytes,
  formatSignature,
  openCheckpoint,
  parseAddCheckpoint,
  type Signer,
  type VerifierKey,
  verifyConsistency,
} from '@plumbline/ledger';
import type { Egress, EgressResult } from '../src/egress/egress.ts';
import { primitives, signerOf } from '../src/ledger/primitives.ts';

/** What a witness answers with. */
type Reply = { readonly status: number; readonly body: string };

/** A witness that follows c2sp.org/tlog-witness to the letter, in memory. */
export type TestWitness = {
  readonly name: string;
  readonly key: VerifierKey;
  readonly url: string;
  readonly answer: (body: Uint8Array) => Promise<Reply>;
  /** The last checkpoint it cosigned, by origin. */
  readonly seen: Map<string, Checkpoint>;
  /** Set by a test: answers never, or as if it were broken. */
  trouble: 'none' | 'silent' | 'broken';
};

/** Returns a witness that knows logs by their keys; more than one key while a log hands over. */
export function makeWitness(name: string, ...logKeys: readonly VerifierKey[]): TestWitness {
  const seed = new Uint8Array(32).fill(name.charCodeAt(name.length - 1));
  const signer = signerOf(`witness.example/${name}`, seed, 'cosignature');
  const seen = new Map<string, Checkpoint>();
  return {
    name,
    key: signer.key,
    url: `https://${name}.example`,
    answer: (body) => answer(body, { signer, logKeys, seen }),
    seen,
    trouble: 'none',
  };
}

type Knows = {
  readonly signer: Signer;
  readonly logKeys: readonly VerifierKey[];
  readonly seen: Map<string, Checkpoint>;
};

/** The checks stand in the order of the specification. */
async function answer(body: Uint8Array, { signer, logKeys, seen }: Knows): Promise<Reply> {
  const request = parseAddCheckpoint(body);
  if (!request.ok) return { status: 400, body: request.error.message };
  const { checkpoint, note, earlierSize, proof } = request.value;
  const { origin, size, root } = checkpoint;
  const keys = logKeys.filter(({ name }) => name === origin);
  if (keys.length === 0) return { status: 404, body: 'unknown origin' };
  const bytes = body.subarray(Buffer.from(body).indexOf('\n\n') + 2);
  const opened = await Promise.all(keys.map((key) => openCheckpoint(primitives, bytes, key)));
  if (!opened.some(({ ok }) => ok)) return { status: 403, body: 'no signature of a known key' };
  const last = seen.get(origin);
  if (earlierSize !== (last?.size ?? 0)) return { status: 409, body: `${last?.size ?? 0}\n` };
  if (last !== undefined) {
    const isSame = last.size === size && equalBytes(last.root, root);
    if (last.size === size && !isSame) return { status: 409, body: 'another root of that size' };
    const claim = { earlierSize, earlierRoot: last.root, size, root, proof };
    if (!verifyConsistency(primitives.sha256, claim)) return { status: 422, body: 'bad proof' };
  } else if (proof.length > 0) return { status: 422, body: 'a proof from nothing' };
  seen.set(origin, checkpoint);
  const signature = await cosignText(signer, note.text, 1_700_000_000);
  return { status: 200, body: formatSignature(signature) };
}

/** Returns policy text that names witnesses. */
export function policyOf(...witnesses: readonly TestWitness[]): string {
  const lines = witnesses.map(({ name, key, url }) => {
    const typed = Buffer.concat([Uint8Array.of(4), key.publicKey]).toString('base64');
    const id = Buffer.from(key.keyId).toString('hex');
    return `witness ${name} ${key.name}+${id}+${typed} ${url}\n`;
  });
  return `${lines.join('')}quorum none\n`;
}

/** Returns the way to these witnesses alone. */
export function egressTo(...witnesses: readonly TestWitness[]): Pick<Egress, 'request'> {
  return {
    request: async ({ url, body }): Promise<EgressResult> => {
      const witness = witnesses.find((each) => url === `${each.url}/add-checkpoint`);
      if (witness === undefined)
        return { ok: false, fault: 'network', isSent: false, message: 'nobody there' };
      if (witness.trouble === 'silent') return new Promise(() => undefined);
      if (witness.trouble === 'broken') return replied({ status: 500, body: 'out of order' });
      return replied(
        await witness.answer(typeof body === 'string' ? encodeUtf8(body) : asked(body)),
      );
    },
  };
}

function asked(body: Uint8Array | undefined): Uint8Array {
  return body ?? new Uint8Array(0);
}

function replied({ status, body }: Reply): EgressResult {
  const value = { status, contentType: 'text/plain', body: encodeUtf8(body) };
  return { ok: true, value };
}
