import assert from 'node:assert/strict';
import {
  cosignText,
  encodeUtf8,
  formatNote,
  formatVerifierKey,
  parsePolicy,
  type Policy,
  proveInclusion,
  readCheckpoint,
  type TlogProof,
} from '../src/index.ts';
import { makeEntries, writeLog } from './memory-log.ts';
import { makeSigner, nodePrimitives } from './node-primitives.ts';

const { sha256 } = nodePrimitives;
const signer = makeSigner('log.example/a', 1);
const witness = makeSigner('witness.example/w', 2, 'cosignature');

/** The entry that `makeProof` proves. */
export const provedEntry: Uint8Array = encodeUtf8('entry 200');

/** A proof of entry 200 of 300, whose checkpoint one witness cosigned. */
export async function makeProof(): Promise<TlogProof> {
  const { files, source } = await writeLog(sha256, signer, makeEntries(300));
  const read = readCheckpoint(files.get('checkpoint') ?? new Uint8Array(0));
  assert.ok(read.ok);
  const { note } = read.value;
  const cosignature = await cosignText(witness, note.text, 1_700_000_000);
  const hashes = await proveInclusion({ sha256, source, size: 300 }, 200);
  assert.ok(hashes.ok);
  const signatures = [...note.signatures, cosignature];
  const checkpoint = formatNote({ text: note.text, signatures });
  return { index: 200, hashes: hashes.value, checkpoint };
}

/** A policy that knows that log and witness, and asks for the witness or for none. */
export function makePolicy(quorum: 'W' | 'none'): Policy {
  const keys = [signer, witness].map(({ key }) => formatVerifierKey(key));
  const text = `log ${keys[0]}\nwitness W ${keys[1]}\nquorum ${quorum}\n`;
  const policy = parsePolicy(sha256, encodeUtf8(text));
  assert.ok(policy.ok);
  return policy.value;
}
