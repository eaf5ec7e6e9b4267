import type { Json, JsonObject } from '@plumbline/core';
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';

import type { KeptWebAuthn } from './factor-store.ts';

/** The site authenticators answer to. `rpId` is its domain, `origins` the pages that may ask. */
export type WebAuthnSite = { readonly rpId: string; readonly origins: readonly string[] };

/** Who enrols: the pseudonym, and the address as the authenticator shows it. */
export type Enrolled = { readonly person: string; readonly shown: string };

/** Either what an authenticator said, or why it is not believed. */
export type Answered<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

const NAME = 'Plumbline';
// EdDSA, ES256 and RS256, as COSE numbers them.
const ALGORITHMS = [-8, -7, -257];

/** Returns what `navigator.credentials.create` is asked with. */
export async function creationOptions(
  site: WebAuthnSite,
  { person, shown }: Enrolled,
  {
    challenge,
    timeoutMs,
    known,
  }: {
    readonly challenge: Uint8Array;
    readonly timeoutMs: number;
    readonly known: readonly KeptWebAuthn[];
  },
): Promise<Json> {
  const options = await generateRegistrationOptions({
    rpName: NAME,
    rpID: site.rpId,
    userID: Uint8Array.from(Buffer.from(person)),
    userName: shown,
    challenge: Uint8Array.from(challenge),
    timeout: timeoutMs,
    attestationType: 'none',
    excludeCredentials: known.map(({ credential }) => ({ id: credential })),
    authenticatorSelection: { userVerification: 'required', residentKey: 'preferred' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
  return jsonOf(options);
}

/** Returns what `navigator.credentials.get` is asked with. */
export async function requestOptions(
  site: WebAuthnSite,
  { challenge, timeoutMs, known }: Parameters<typeof creationOptions>[2],
): Promise<Json> {
  const options = await generateAuthenticationOptions({
    rpID: site.rpId,
    challenge: Uint8Array.from(challenge),
    timeout: timeoutMs,
    userVerification: 'required',
    allowCredentials: known.map(({ credential }) => ({ id: credential })),
  });
  return jsonOf(options);
}

/** Returns the authenticator that was made for a challenge, or why it is not taken. */
export async function verifyCreated(
  site: WebAuthnSite,
  response: JsonObject,
  isExpected: (challenge: string) => boolean,
): Promise<Answered<Pick<KeptWebAuthn, 'credential' | 'publicKey' | 'counter'>>> {
  return asked(async () => {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      // What comes from the network; the library looks at every member before it uses it.
      response: response as unknown as RegistrationResponseJSON,
      expectedChallenge: isExpected,
      expectedOrigin: [...site.origins],
      expectedRPID: site.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) return { ok: false, why: 'its attestation does not hold' };
    const { id, publicKey, counter } = registrationInfo.credential;
    const key = Buffer.from(publicKey).toString('base64');
    return { ok: true, value: { credential: id, publicKey: key, counter } };
  });
}

/** Returns the counter an authenticator has come to, or why its answer is not taken. */
export async function verifyAnswer(
  site: WebAuthnSite,
  { known, response }: { readonly known: KeptWebAuthn; readonly response: JsonObject },
  isExpected: (challenge: string) => boolean,
): Promise<Answered<number>> {
  return asked(async () => {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      // What comes from the network; the library looks at every member before it uses it.
      response: response as unknown as AuthenticationResponseJSON,
      expectedChallenge: isExpected,
      expectedOrigin: [...site.origins],
      expectedRPID: site.rpId,
      requireUserVerification: true,
      credential: {
        id: known.credential,
        publicKey: Uint8Array.from(Buffer.from(known.publicKey, 'base64')),
        counter: known.counter,
      },
    });
    return verified
      ? { ok: true, value: authenticationInfo.newCounter }
      : { ok: false, why: 'its signature does not hold' };
  });
}

const MOST_OF_A_MESSAGE = 200;

/** The library throws for whatever is wrong with an answer. */
async function asked<T>(verify: () => Promise<Answered<T>>): Promise<Answered<T>> {
  try {
    return await verify();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return { ok: false, why: why.slice(0, MOST_OF_A_MESSAGE) };
  }
}

function jsonOf(options: object): Json {
  // The library types its JSON member by member; printing it is what makes it JSON.
  return JSON.parse(JSON.stringify(options)) as Json;
}
