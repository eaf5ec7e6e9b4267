import { Secret, TOTP } from 'otpauth';

/** How codes are made: as every authenticator app makes them. Source: RFC 6238. */
const FORM = { algorithm: 'SHA1', digits: 6 } as const;
const PERIOD_S = 30;
const ISSUER = 'Plumbline';

/** Steps before and after the present one whose codes are taken too, for clocks that differ. */
const WINDOW = 1;

/** Returns the secret as people type it, and the address that apps read from a QR code. */
export function shownTotp(
  secret: Uint8Array,
  label: string,
): { readonly secret: string; readonly uri: string } {
  const shared = secretOf(secret);
  const totp = new TOTP({ ...FORM, issuer: ISSUER, label, period: PERIOD_S, secret: shared });
  return { secret: shared.base32, uri: totp.toString() };
}

/** Returns the time step a code belongs to, or null when it is that of none near the moment. */
export function stepOfCode(secret: Uint8Array, code: string, at: number): number | null {
  const shared = secretOf(secret);
  const asked = { ...FORM, token: code, secret: shared, period: PERIOD_S, window: WINDOW };
  const delta = TOTP.validate({ ...asked, timestamp: at });
  return delta === null ? null : Math.floor(at / (PERIOD_S * 1000)) + delta;
}

function secretOf(bytes: Uint8Array): Secret {
  return new Secret({ buffer: Uint8Array.from(bytes).buffer });
}
