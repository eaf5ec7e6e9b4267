import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import { canonical } from './canonical.ts';
import type { Json } from './json.ts';

/** `sha256:` and 64 lower-case hex digits, over exact bytes. */
export type Digest = `sha256:${string}`;

/** Returns the digest of the UTF-8 bytes of a text. Source: FIPS 180-4. */
function digestText(text: string): Digest {
  return `sha256:${bytesToHex(sha256(utf8ToBytes(text)))}`;
}

/** Returns the digest of a value's canonical JSON. Source: RFC 8785. */
export function digestJson(value: Json): Digest {
  return digestText(canonical(value));
}
