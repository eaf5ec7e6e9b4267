import { hash } from 'node:crypto';
import { canonical } from '@plumbline/core';

import type { PrincipalProof } from '../guard/claim-types.ts';
import { claimAt, textsIn, verifiedEmail } from './claim-values.ts';
import { bad, type Checked, good } from './token-fault.ts';
import type { VerifiedToken } from './verify-token.ts';

const MOST_VALUES = 64;
const MOST_CHARS = 512;

/**
 * Returns the principal a token proves, with the claims the configuration names. `text` is the
 * token itself, `now` ms UTC.
 */
export function principalOf(
  token: VerifiedToken,
  { text, now }: { readonly text: string; readonly now: number },
): Checked<PrincipalProof> {
  const { issuer, subject, claims, issuedAtMs } = token;
  const email = verifiedEmail(claims, issuer.claims.email);
  if (issuer.principal === 'email' && email === null) {
    return bad('email', 'the issuer did not verify an address, which names principals');
  }
  const digest = digestOf(token, text);
  // One that does not say when it was issued is taken, and so remembered, until it expires.
  const tooOldAt = issuedAtMs === null ? Infinity : issuedAtMs + issuer.maxTokenAgeMs;
  const untilMs = Math.min(token.expiresAtMs, tooOldAt);
  return good({
    principal: issuer.principal === 'email' ? (email ?? '') : subject,
    claims: claimsOf(token, { digest, now }),
    token: { digest, untilMs: untilMs + issuer.clockSkewMs, isOnce: issuer.replay === 'once' },
  });
}

// The signature is left out where there is no `jti`: some have several spellings.
function digestOf({ issuer, claims }: VerifiedToken, text: string): string {
  const { jti } = claims;
  const signed = text.slice(0, text.lastIndexOf('.'));
  const what = typeof jti === 'string' && jti !== '' ? { jti } : { signed };
  return hash('sha256', canonical({ issuer: issuer.issuer, ...what }), 'hex').slice(0, 32);
}

function claimsOf(
  { issuer, claims, issuedAtMs, expiresAtMs }: VerifiedToken,
  { digest, now }: { readonly digest: string; readonly now: number },
): PrincipalProof['claims'] {
  const authTime = claims['auth_time'];
  const provedAt = typeof authTime === 'number' ? authTime * 1_000 : (issuedAtMs ?? now);
  // What says that it was proved in the future is fresh from now on and no longer.
  const verifiedAtMs = Math.max(0, Math.min(Math.floor(provedAt), now));
  return issuer.record.flatMap((name, index) => {
    const values = textsIn(claimAt(claims, name)).filter((value) => value.length <= MOST_CHARS);
    if (values.length === 0) return [];
    return [
      {
        id: `oidc_${digest}_${index}`,
        name,
        values: values.slice(0, MOST_VALUES),
        mechanism: 'oidc' as const,
        verifiedAtMs,
        expiresAtMs,
      },
    ];
  });
}
