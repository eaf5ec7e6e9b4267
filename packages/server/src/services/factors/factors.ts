import type { Json, JsonObject } from '@plumbline/core';

import type { Caller } from '../../routes/caller.ts';
import type { Recorded, Served } from '../services.ts';

/** The two kinds of second factors. */
export type FactorKind = 'totp' | 'webauthn';

/**
 * What somebody shows who proves a second factor: a code of their authenticator app, or what
 * `navigator.credentials.get` returned, as `toJSON` spells it.
 */
export type Proof =
  | { readonly factor: 'totp'; readonly code: string }
  | { readonly factor: 'webauthn'; readonly response: JsonObject };

/**
 * What has to be proved: nothing, any factor, or WebAuthn alone. A code can be read out to
 * somebody; an authenticator answers to the right web page only, and signs what it is for.
 */
export type Demand = 'none' | FactorKind;

/**
 * What a proof is for: the request it goes with. `path` is the path as it is sent, `body` the
 * body without its `proof`.
 * Source: docs/factors.md, section "Proofs".
 */
export type Purpose = { readonly path: string; readonly body: JsonObject };

/** A proof that held, once. Stands in the entry of what it was for. */
export type Proven = {
  /** The id of the factor. */
  readonly factor: string;
  readonly mechanism: FactorKind;
  /** The pseudonym of the person, as it stands in the ledger. */
  readonly person: string;
  readonly at: number;
};

/** A proof that is asked for, and what came. */
export type Asked = {
  readonly demand: Demand;
  readonly proof: Proof | undefined;
  readonly purpose: Purpose;
};

/** A factor as it is shown: without its secret. */
export type ShownFactor = {
  readonly id: string;
  readonly kind: FactorKind;
  readonly name: string;
  readonly addedAt: number;
  readonly usedAt: number | null;
};

/** The factors of one person. `lockedUntil`: codes are refused until then; null: they are not. */
export type ShownFactors = {
  readonly rows: readonly ShownFactor[];
  readonly lockedUntil: number | null;
};

/** What a person is given to set a factor up; it counts once it is confirmed. */
export type Enrolling = { readonly id: string; readonly expiresAtMs: number } & (
  | { readonly kind: 'totp'; readonly uri: string; readonly secret: string }
  | { readonly kind: 'webauthn'; readonly options: Json }
);

/** A challenge for `navigator.credentials.get`, good once and for its purpose alone. */
export type Challenge = { readonly options: Json; readonly expiresAtMs: number };

/** What makes a factor count: its first code, or what `navigator.credentials.create` returned. */
export type Confirmation = { readonly code: string } | { readonly response: JsonObject };

/** Whose factor is removed: the caller's own, or, for an admin, another person's. */
export type Removal = {
  readonly id: string;
  /** The id of the person it belongs to; the caller when null. */
  readonly person: string | null;
  readonly reason: string;
  readonly proof: Proof | undefined;
  readonly purpose: Purpose;
};

/**
 * Second factors of people.
 *
 * Contract:
 * - A person has one set of factors, whatever key or token they come with. Machines and the socket
 *   have none: everything is `forbidden` to them.
 * - The first factor takes a person's key alone. Once there is one, adding another and removing one
 *   takes a proof by one that is there; `needs-proof` without.
 * - An admin removes the factors of others, and their own like everybody else.
 * - A code is taken once ever, also after a restart; its neighbours in time are taken too, but none
 *   that is older than the last one taken. Five wrong ones in a row lock codes for a while that
 *   doubles, which is recorded.
 * - A challenge is good once, for five minutes, for the person and the purpose it was made for.
 * - What was enrolled or removed is in the ledger before it counts as answered.
 */
export type Factors = {
  readonly list: (by: Caller, person: string | null) => Promise<Served<ShownFactors>>;
  readonly enrol: (
    of: {
      readonly kind: FactorKind;
      readonly name: string;
      readonly proof: Proof | undefined;
      readonly purpose: Purpose;
    },
    by: Caller,
  ) => Promise<Served<Enrolling>>;
  readonly confirm: (
    of: { readonly id: string; readonly confirmation: Confirmation },
    by: Caller,
  ) => Promise<Served<Recorded & { readonly id: string }>>;
  readonly remove: (of: Removal, by: Caller) => Promise<Served<Recorded>>;
  /** Makes a challenge for an authenticator of the caller's. */
  readonly challenge: (purpose: Purpose, by: Caller) => Promise<Served<Challenge>>;
  /**
   * Checks a proof and uses it up: null when nothing is demanded. `needs-proof` without one,
   * `bad-proof` when it does not hold. Call it last, when everything else is known to be in order.
   */
  readonly check: (by: Caller, asked: Asked) => Promise<Served<Proven | null>>;
  /** Makes a challenge for whoever signs in with a passkey: nobody is known yet. */
  readonly openChallenge: () => Promise<Served<Challenge>>;
  /** Returns whose passkey answered an open challenge, and uses that up; else `bad-proof`. */
  readonly identify: (response: JsonObject) => Promise<Served<Proven>>;
  /** Returns the pseudonym of a person that stands in the ledger. */
  readonly pseudonymOf: (person: string) => string;
};
