/**
 * SHA-256 of exact bytes: 32 bytes, in an array of its own.
 *
 * It is synchronous because a million entries are two million hashes, and a promise for each would
 * cost more than the hash. Node passes `node:crypto`, a browser passes a pure implementation: the
 * browser's own digest only answers asynchronously. It must not keep the input, which is reused.
 * Source: FIPS 180-4.
 */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/**
 * Whether a 64-byte signature over a message is by the 32-byte public key. It may answer
 * asynchronously, as browsers do: signatures are few. Malformed keys answer false.
 * Source: RFC 8032.
 */
export type VerifyEd25519 = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>;

/**
 * The cryptography this package stands on, given by the caller. A curve written here would be the
 * part an auditor has to trust most and can check least.
 */
export type Primitives = { readonly sha256: Sha256; readonly verifyEd25519: VerifyEd25519 };

/** Signs one message with Ed25519: 64 bytes. The private key stays with the caller. */
export type SignEd25519 = (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;
