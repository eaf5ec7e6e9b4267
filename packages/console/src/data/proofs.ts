import { api, bodyOf } from './api.ts';
import { ApiProblem } from './problem.ts';

/** What proves a second factor beside being signed in. */
export type Proof =
  | { readonly factor: 'totp'; readonly code: string }
  | { readonly factor: 'webauthn'; readonly response: Record<string, unknown> };

/** The request a proof is for: its path, and its body without the proof. */
export type Purpose = { readonly path: string; readonly body: Record<string, unknown> };

/** Returns whether a request was refused for want of a proof, or for one that does not hold. */
export function wantsProof(error: unknown): boolean {
  return (
    error instanceof ApiProblem && (error.code === 'needs-proof' || error.code === 'bad-proof')
  );
}

/** How a reader will prove a second factor: by the digits they typed, or by a touch. */
export type Proving = { readonly way: 'code'; readonly code: string } | { readonly way: 'passkey' };

/** Returns the proof that goes with a request; undefined where nobody asked for one. */
export async function proofFor(
  proving: Proving | null,
  purpose: Purpose,
): Promise<Proof | undefined> {
  if (proving === null) return undefined;
  if (proving.way === 'code') return { factor: 'totp', code: proving.code };
  return askPasskey(purpose);
}

/** Asks the reader's authenticator for its word on one request. Throws what the browser says. */
async function askPasskey(purpose: Purpose): Promise<Proof> {
  const body = { path: purpose.path, body: purpose.body };
  const { options } = bodyOf(await api.POST('/api/v1/factors/challenges', { body }));
  // The daemon makes the options by the standard's own shape, which the description leaves open.
  const asked = options as PublicKeyCredentialRequestOptionsJSON;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked);
  const credential = await navigator.credentials.get({ publicKey });
  if (!(credential instanceof PublicKeyCredential)) {
    throw new Error('the authenticator gave no answer: try again, or use a code');
  }
  const said: unknown = credential.toJSON();
  return { factor: 'webauthn', response: Object.fromEntries(Object.entries(Object(said))) };
}
