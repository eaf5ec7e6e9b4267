import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Primitives } from '@plumbline/ledger';

/**
 * The cryptography of the checks made in the browser: pure code, the same in every browser. The
 * browser's own digest only answers asynchronously.
 */
export const primitives: Primitives = {
  sha256: (bytes) => sha256(bytes),
  verifyEd25519: (publicKey, message, signature) => {
    try {
      // Strict as RFC 8032 says; the library's default also takes what ZIP 215 takes.
      return ed25519.verify(signature, message, publicKey, { zip215: false });
    } catch {
      // Malformed keys and signatures are answered by throwing; to a verifier they are false.
      return false;
    }
  },
};
