import { createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto';
import { type Primitives, type Signer, verifierKey } from '@plumbline/ledger';

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** What Node lends the ledger: SHA-256 and the verification of Ed25519. */
export const primitives: Primitives = {
  sha256: (bytes) => new Uint8Array(hash('sha256', bytes, 'buffer')),
  verifyEd25519: (publicKey, message, signature) => {
    if (publicKey.length !== 32) return false;
    const key = createPublicKey({
      key: Buffer.concat([spkiPrefix, publicKey]),
      format: 'der',
      type: 'spki',
    });
    return verify(null, message, key, signature);
  },
};

/**
 * Returns the signer of a log whose key is made of 32 secret bytes.
 *
 * type: `ed25519` signs checkpoints as the log, `cosignature` as a witness.
 * Throws for a name that cannot stand in a signature line and for a seed of another length.
 */
export function signerOf(
  name: string,
  seed: Uint8Array,
  type: 'ed25519' | 'cosignature' = 'ed25519',
): Signer {
  const der = Buffer.concat([pkcs8Prefix, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const publicKey = Uint8Array.from(spki.subarray(spkiPrefix.length));
  const key = verifierKey(primitives.sha256, { name, type, publicKey });
  if (!key.ok) throw new Error(key.error.message);
  return { key: key.value, sign: (message) => sign(null, message, privateKey) };
}
