import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, askJson, bodyOf } from './api.ts';
import { proofFor, type Proving, type Purpose } from './proofs.ts';
import { type Order, useOrder } from './use-order.ts';

/** A second factor of whoever is signed in. */
export type Factor = Answer<'/api/v1/factors'>['rows'][number];

/** A factor that was begun. It counts once it is confirmed; its secret is answered this once. */
export type BegunFactor = {
  readonly id: string;
  readonly kind: 'totp' | 'webauthn';
  /** `otpauth://…`, for authenticator apps. */
  readonly uri: string | null;
  readonly secret: string | null;
  /** What a browser asks an authenticator by. */
  readonly options: unknown;
};

/** A six-digit code, or what an authenticator answered. */
export type FactorAnswer = { readonly code: string } | { readonly response: unknown };

const KEY = ['factors'] as const;

/** One's own second factors. */
export function useFactors(): UseQueryResult<Answer<'/api/v1/factors'>> {
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => bodyOf(await api.GET('/api/v1/factors', { signal })),
  });
}

/** Begins a factor. */
export function useFactorBegin(): Order<
  BegunFactor,
  { readonly kind: Factor['kind']; readonly name: string; readonly proving: Proving | null }
> {
  return useOrder(async ({ kind, name, proving }) => {
    const made = await askProved({ path: '/api/v1/factors', body: { kind, name } }, proving);
    return readBegun(made, kind);
  }, KEY);
}

/** Makes a begun factor count. */
export function useFactorConfirm(): Order<
  unknown,
  { readonly id: string; readonly answer: FactorAnswer }
> {
  return useOrder(
    ({ id, answer }) =>
      askJson(`/api/v1/factors/${id}/confirm`, { method: 'POST', body: JSON.stringify(answer) }),
    KEY,
  );
}

/** Removes one's own factor, with a proof by one that is there. */
export function useFactorRemoving(): Order<
  unknown,
  { readonly id: string; readonly reason: string; readonly proving: Proving | null }
> {
  return useOrder(
    ({ id, reason, proving }) =>
      askProved({ path: `/api/v1/factors/${id}/remove`, body: { reason } }, proving),
    KEY,
  );
}

/** Has the browser ask an authenticator. Rejects where the person or the browser says no. */
export async function askAuthenticator(options: unknown): Promise<unknown> {
  // The daemon made these options; the browser checks every member of them itself.
  const json = options as PublicKeyCredentialCreationOptionsJSON;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json);
  const credential = await navigator.credentials.create({ publicKey });
  if (!(credential instanceof PublicKeyCredential)) throw new Error('no authenticator answered');
  return credential.toJSON();
}

async function askProved(purpose: Purpose, proving: Proving | null): Promise<unknown> {
  const proof = await proofFor(proving, purpose);
  const body = proof === undefined ? purpose.body : { ...purpose.body, proof };
  return askJson(purpose.path, { method: 'POST', body: JSON.stringify(body) });
}

function readBegun(made: unknown, kind: Factor['kind']): BegunFactor {
  const member = (name: string): unknown => Reflect.get(Object(made), name);
  const text = (name: string): string | null => {
    const value = member(name);
    return typeof value === 'string' ? value : null;
  };
  const id = text('id') ?? '';
  return { id, kind, uri: text('uri'), secret: text('secret'), options: member('options') };
}
