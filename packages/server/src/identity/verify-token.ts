import type { Json, JsonObject } from '@plumbline/core';
import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';

import type { IssuerConfig, TokenUse } from '../config/authority.ts';
import { trustDomainNamed, trustDomainOf } from '../config/spiffe-id.ts';
import { KeysUnavailable } from './key-set.ts';
import { readToken } from './read-token.ts';
import { bad, type Checked, good, type TokenCheck, unavailable } from './token-fault.ts';

/** An issuer with what finds its keys. */
export type Issuer = { readonly config: IssuerConfig; readonly keys: JWTVerifyGetKey };

/** What a token that passed every check says. Times are ms UTC. */
export type VerifiedToken = {
  readonly issuer: IssuerConfig;
  /** 1 to 512 characters. */
  readonly subject: string;
  readonly claims: JsonObject;
  readonly issuedAtMs: number | null;
  readonly expiresAtMs: number;
};

/** What a token is checked against. `now` is ms UTC. */
export type Checking = {
  readonly issuers: readonly Issuer[];
  readonly uses: readonly TokenUse[];
  readonly now: number;
};

/**
 * Returns what a token says, once every check passed: its form, the algorithm, the issuer and the
 * audience for one of the uses, the signature under a key that issuer publishes, and its times.
 * Source: RFC 8725, section 3; OpenID Connect Core 1.0, section 3.1.3.7.
 */
export async function verifyToken(
  text: string,
  checking: Checking,
): Promise<Checked<VerifiedToken>> {
  const read = readToken(text);
  if (!read.ok) return read;
  const { header, claims } = read.value;
  const found = issuerFor(claims, checking);
  if (!found.ok) return found;
  const issuer = found.value;
  const fault = headerFault(header, issuer.config);
  if (fault !== null) return fault;
  const verified = await verifySignature(text, issuer, checking.now);
  return verified.ok ? checkClaims(verified.value, issuer.config, checking.now) : verified;
}

// Who signed is not known yet: this only chooses whose keys are asked.
function issuerFor(claims: JsonObject, { issuers, uses }: Checking): Checked<Issuer> {
  const { iss, sub } = claims;
  const named = issuers.filter(({ config }) => isOf(config, { iss, sub }));
  if (named.length === 0) return bad('issuer', 'no issuer of that name is configured');
  const audiences = audiencesOf(claims['aud']);
  const meant = named.filter(({ config }) => audiences.includes(config.audience));
  const [first, second] = meant.filter(({ config }) => uses.includes(config.for));
  if (first === undefined) {
    const message =
      meant.length === 0 ? 'the token is for another audience' : 'the token is for another use';
    return bad('audience', message);
  }
  return second === undefined ? good(first) : bad('audience', 'the token is for several uses');
}

function isOf(
  { issuer }: IssuerConfig,
  { iss, sub }: { readonly iss: Json | undefined; readonly sub: Json | undefined },
): boolean {
  const domain = trustDomainNamed(issuer);
  if (domain === undefined) return iss === issuer;
  // A JWT-SVID need not name its issuer: its subject is of the trust domain.
  return typeof sub === 'string' && trustDomainOf(sub) === domain;
}

function audiencesOf(aud: Json | undefined): readonly Json[] {
  return Array.isArray(aud) ? aud : aud === undefined ? [] : [aud];
}

function headerFault(header: JsonObject, { algorithms, typ }: IssuerConfig): Checked<never> | null {
  const { alg, kid } = header;
  if (!algorithms.some((each) => each === alg)) {
    return bad('algorithm', 'the algorithm of the token is not one that is configured');
  }
  if ('crit' in header) return bad('critical-header', 'the token asks for what is not understood');
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > 512)) {
    return bad('key', 'the name of the key is no text of up to 512 characters');
  }
  if (typ === null) return null;
  const said = typeof header['typ'] === 'string' ? header['typ'].toLowerCase() : '';
  const isMeant = said.replace(/^application\//, '') === typ.toLowerCase();
  return isMeant ? null : bad('type', 'the type of the token is another');
}

async function verifySignature(
  text: string,
  { config, keys }: Issuer,
  now: number,
): Promise<Checked<JsonObject>> {
  const isSpiffe = trustDomainNamed(config.issuer) !== undefined;
  try {
    const { payload } = await jwtVerify(text, keys, {
      algorithms: [...config.algorithms],
      audience: config.audience,
      ...(isSpiffe ? {} : { issuer: config.issuer }),
      clockTolerance: config.clockSkewMs / 1_000,
      currentDate: new Date(now),
      requiredClaims: ['sub', 'exp', ...(isSpiffe ? [] : ['iat'])],
    });
    // Claims were JSON when they were read.
    return good(payload as JsonObject);
  } catch (error) {
    if (error instanceof KeysUnavailable)
      return unavailable(`\`${config.issuer}\`: ${error.message}`);
    if (error instanceof errors.JOSEError) return bad(checkOf(error), error.message);
    throw error;
  }
}

function checkOf(error: errors.JOSEError): TokenCheck {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm';
  if (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JWKSInvalid ||
    error instanceof errors.JOSENotSupported
  ) {
    return 'key';
  }
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'malformed';
  const checks: Readonly<Record<string, TokenCheck>> = {
    iss: 'issuer',
    aud: 'audience',
    nbf: 'not-yet-valid',
    sub: 'subject',
  };
  return checks[error.claim] ?? 'claims';
}

function checkClaims(
  claims: JsonObject,
  issuer: IssuerConfig,
  now: number,
): Checked<VerifiedToken> {
  const { sub, iat, exp } = claims;
  const issuedAtMs = typeof iat === 'number' ? Math.floor(iat * 1_000) : null;
  if (issuedAtMs !== null && issuedAtMs > now + issuer.clockSkewMs) {
    return bad('not-yet-valid', 'the token says that it is from the future');
  }
  if (issuedAtMs !== null && now - issuedAtMs > issuer.maxTokenAgeMs + issuer.clockSkewMs) {
    return bad('too-old', 'the token is older than `maxTokenAgeMs`');
  }
  if (typeof sub !== 'string' || sub.length === 0 || sub.length > 512) {
    return bad('subject', 'the subject is no text of 1 to 512 characters');
  }
  const party = partyFault(claims, issuer);
  if (party !== null) return party;
  if (!sub.isWellFormed()) return bad('subject', 'the subject is no Unicode');
  const expiresAtMs = typeof exp === 'number' ? Math.floor(exp * 1_000) : NaN;
  if (!Number.isSafeInteger(expiresAtMs)) return bad('claims', '`exp` is beyond all dates');
  return good({ issuer, subject: sub, claims, issuedAtMs, expiresAtMs });
}

/** Of a token for several audiences it must be known which of them it was given to. */
function partyFault(claims: JsonObject, { azp }: IssuerConfig): Checked<never> | null {
  const said = claims['azp'];
  const isForOne = audiencesOf(claims['aud']).length === 1;
  if (azp === null) {
    return isForOne ? null : bad('authorized-party', 'several audiences: configure `azp`');
  }
  return said === azp ? null : bad('authorized-party', 'the token was given to another party');
}
