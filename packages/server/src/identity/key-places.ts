import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isJsonObject, type Json, type JsonObject, parsedJson } from '@plumbline/core';

import type { IssuerConfig } from '../config/authority.ts';
import type { Egress } from '../egress/egress.ts';

/** The keys as an issuer publishes them, or why they cannot be had. */
export type Published =
  | { readonly ok: true; readonly keys: readonly JsonObject[] }
  | { readonly ok: false; readonly message: string };

/** Asks for an issuer's keys; it never throws. */
export type AskKeys = () => Promise<Published>;

const MAX_BYTES = 262_144;
const TIMEOUT_MS = 5_000;
const MOST_KEYS = 100;

/** Returns how the keys of an issuer are asked for, as it is configured. */
export function keysOf({ issuer, keys }: IssuerConfig, egress: Pick<Egress, 'request'>): AskKeys {
  switch (keys.kind) {
    case 'file':
      return () => fromFile(keys.path);
    case 'url':
      return () => fromUrl(egress, keys.url);
    case 'discovery':
      return () => discovered(egress, issuer);
  }
}

async function fromFile(path: string): Promise<Published> {
  try {
    const bytes = await readFile(path);
    return bytes.length > MAX_BYTES ? failed(`\`${path}\` is too large`) : keysIn(bytes, path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return failed(`\`${path}\` cannot be read: ${why}`);
  }
}

async function fromUrl(egress: Pick<Egress, 'request'>, url: string): Promise<Published> {
  const got = await get(egress, url);
  return got.ok ? keysIn(got.body, url) : got;
}

/** Source: OpenID Connect Discovery 1.0, section 4. */
async function discovered(egress: Pick<Egress, 'request'>, issuer: string): Promise<Published> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const got = await get(egress, url);
  if (!got.ok) return got;
  const found = parsedJson(Buffer.from(got.body).toString('utf8'));
  const uri = isJsonObject(found) ? found['jwks_uri'] : undefined;
  if (!isJsonObject(found) || found['issuer'] !== issuer) {
    return failed(`\`${url}\` describes another issuer`);
  }
  // A provider behind TLS has no reason to send anybody to where there is none.
  if (typeof uri !== 'string' || (issuer.startsWith('https:') && !uri.startsWith('https:'))) {
    return failed(`\`${url}\` names no \`jwks_uri\` to be relied on`);
  }
  return fromUrl(egress, uri);
}

type Got =
  | { readonly ok: true; readonly body: Uint8Array }
  | { readonly ok: false; readonly message: string };

async function get(egress: Pick<Egress, 'request'>, url: string): Promise<Got> {
  const answer = await egress.request({
    url,
    method: 'GET',
    headers: { accept: 'application/json' },
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  });
  if (!answer.ok) return failed(answer.message);
  const { status, body } = answer.value;
  return status === 200 ? { ok: true, body } : failed(`\`${url}\` answered ${status}`);
}

function keysIn(bytes: Uint8Array, place: string): Published {
  const set = parsedJson(Buffer.from(bytes).toString('utf8'));
  const listed = isJsonObject(set) ? set['keys'] : undefined;
  if (!Array.isArray(listed)) return failed(`\`${place}\` holds no \`keys\``);
  const keys = listed.slice(0, MOST_KEYS).flatMap((key: Json) => publicKey(key));
  return keys.length > 0 ? { ok: true, keys } : failed(`\`${place}\` holds no key that verifies`);
}

const KINDS: readonly (Json | undefined)[] = ['RSA', 'EC', 'OKP'];

/** Shared secrets verify nothing here, and what is private in a public place is no key at all. */
function publicKey(key: Json): readonly JsonObject[] {
  if (!isJsonObject(key) || !KINDS.includes(key['kty']) || 'd' in key || 'k' in key) return [];
  const { use, x5u: _, key_ops: uses = ['verify'], ...rest } = key;
  if (!Array.isArray(uses) || !uses.includes('verify') || !isStrong(rest)) return [];
  // A bundle of SPIFFE names the use `jwt-svid`; what is for certificates is another matter.
  if (use !== undefined && use !== 'sig' && use !== 'jwt-svid') return [];
  return [rest];
}

const LEAST_RSA_BITS = 2_048;

/** One that cannot be read, or is too short for its kind, is none; its neighbours are. */
function isStrong(key: JsonObject): boolean {
  try {
    const { asymmetricKeyDetails: details } = createPublicKey({ key, format: 'jwk' });
    return key['kty'] !== 'RSA' || (details?.modulusLength ?? 0) >= LEAST_RSA_BITS;
  } catch {
    return false;
  }
}

function failed(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}
