import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import type { KeyType, Primitives, Signer } from '../src/index.ts';
import { verifierKey } from '../src/index.ts';

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

const publicKeys = new Map<string, KeyObject>();

function publicKeyOf(bytes: Uint8Array): KeyObject {
  const key = Buffer.concat([spkiPrefix, bytes]);
  const known = publicKeys.get(key.toString('hex'));
  const publicKey = known ?? createPublicKey({ key, format: 'der', type: 'spki' });
  publicKeys.set(key.toString('hex'), publicKey);
  return publicKey;
}

/** What Node lends the ledger. */
export const nodePrimitives: Primitives = {
  // Plain arrays, so that tests compare bytes and not classes.
  sha256: (bytes) => new Uint8Array(hash('sha256', bytes, 'buffer')),
  verifyEd25519: (publicKey, message, signature) =>
    verify(null, message, publicKeyOf(publicKey), signature),
};

/** A signer whose private key is made of one repeated byte, so that every run signs the same. */
export function makeSigner(name: string, seedByte: number, type: KeyType = 'ed25519'): Signer {
  const der = Buffer.concat([pkcs8Prefix, Buffer.alloc(32, seedByte)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const publicKey = Uint8Array.from(spki.subarray(spkiPrefix.length));
  const key = verifierKey(nodePrimitives.sha256, { name, type, publicKey });
  if (!key.ok) throw new Error(key.error.message);
  return { key: key.value, sign: (message) => sign(null, message, privateKey) };
}
