import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a link is for: one person's vote on one ask, until a moment. */
export type LinkPayload = {
  readonly ask: string;
  readonly person: string;
  readonly expiresAtMs: number;
};

/** A link that was read: its payload, and the id under which the ledger knows it. */
export type ReadLink = LinkPayload & { readonly link: string };

const NONCE_BYTES = 12;
const LONGEST = 2_000;

/** Returns the token of a link, signed with a key. Source: spec/approvals.md, section "Links". */
export function formatLinkToken(
  { ask, person, expiresAtMs }: LinkPayload,
  key: Uint8Array,
  random: (size: number) => Uint8Array = randomBytes,
): string {
  const nonce = Buffer.from(random(NONCE_BYTES)).toString('base64url');
  const payload = Buffer.from(JSON.stringify([ask, person, expiresAtMs, nonce]), 'utf8');
  const text = payload.toString('base64url');
  return `${text}.${macOf(text, key).toString('base64url')}`;
}

/** Returns the id of a token as the ledger knows it. */
export function linkIdOf(token: string): string {
  return `lnk_${hash('sha256', token, 'hex').slice(0, 32)}`;
}

/** Returns what a token that was signed with the key says, or undefined; expired ones as well. */
export function readLinkToken(token: string, key: Uint8Array): ReadLink | undefined {
  if (token.length > LONGEST) return undefined;
  const [text = '', shown = '', rest] = token.split('.');
  const mac = Buffer.from(shown, 'base64url');
  const right = macOf(text, key);
  const isRight = mac.length === right.length && timingSafeEqual(mac, right);
  // Another spelling of the same bytes would have another id, and could vote again.
  if (!isRight || rest !== undefined || mac.toString('base64url') !== shown) return undefined;
  const said: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  if (!Array.isArray(said)) return undefined;
  const [ask, person, expiresAtMs]: readonly unknown[] = said;
  return typeof ask === 'string' && typeof person === 'string' && typeof expiresAtMs === 'number'
    ? { ask, person, expiresAtMs, link: linkIdOf(token) }
    : undefined;
}

function macOf(text: string, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(`plumbline/approval-link/1\n${text}`).digest();
}
