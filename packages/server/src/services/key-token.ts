import { hash, timingSafeEqual } from 'node:crypto';

/** The two halves of a key as it travels: `plk_<id>_<secret>`. */
export type KeyToken = {
  /** 16 lower-case hex digits. */
  readonly id: string;
  /** 64 lower-case hex digits: 32 random bytes. */
  readonly secret: string;
};

const PATTERN = /^plk_([0-9a-f]{16})_([0-9a-f]{64})$/;

/** Returns the halves of a key, or undefined when it is not spelt like one. */
export function parseKeyToken(text: string): KeyToken | undefined {
  const [, id, secret] = PATTERN.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** Returns the one spelling of a key. */
export function formatKeyToken({ id, secret }: KeyToken): string {
  return `plk_${id}_${secret}`;
}

/** Returns the SHA-256 of the secret's 64 characters, in hex, as it is kept. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** Returns whether a secret has this hash, in a time that does not tell where they differ. */
export function matchesHash(secret: string, expected: string): boolean {
  const left = Buffer.from(hashSecret(secret));
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}
