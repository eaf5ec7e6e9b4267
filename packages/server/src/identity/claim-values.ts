import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

/**
 * Returns a claim by its name, or by its path where there is none of that name:
 * `realm_access.roles` is what some issuers call their roles.
 */
export function claimAt(claims: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(claims, name)) return claims[name];
  let level: Json | undefined = claims;
  for (const step of name.split('.')) {
    if (!isJsonObject(level ?? null)) return undefined;
    const members: JsonObject = Object(level);
    if (!Object.hasOwn(members, step)) return undefined;
    level = members[step];
  }
  return level;
}

/** Returns the texts of a claim: of a text itself, of a list its texts; nothing else counts. */
export function textsIn(value: Json | undefined): readonly string[] {
  const listed = Array.isArray(value) ? value : [value];
  return listed.flatMap((each: Json | undefined) => {
    return typeof each === 'string' && each !== '' && each.isWellFormed() ? [each] : [];
  });
}

// The sign for kelvins is another letter than k, and in lower case it is the same.
// What is unseen in an address lets one look like another.
const EMAIL = /^[^\s@\u212a\p{Cc}\p{Cf}]{1,64}@[^\s@\u212a\p{Cc}\p{Cf}]{1,190}$/u;

/** Returns the address an issuer says it verified, in lower case, or null. */
export function verifiedEmail(claims: JsonObject, name: string): string | null {
  const email = claimAt(claims, name);
  const isVerified = claims['email_verified'] === true;
  return isVerified && typeof email === 'string' && EMAIL.test(email) ? email.toLowerCase() : null;
}
