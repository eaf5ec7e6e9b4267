import type { JsonObject } from '@plumbline/core';

import type { BegunFlow, Flowed, FlowProblem, SignInIssuer } from '../../identity/code-flow.ts';
import type { Caller, Person } from '../../routes/caller.ts';
import type { Role } from '../../store/vault.ts';
import type { Challenge, Proof, Purpose } from '../factors/factors.ts';
import type { Served } from '../services.ts';

/** How somebody signed in. */
export type SignInWay = 'key' | 'link' | 'passkey' | 'oidc';

/** What somebody signs in with. */
export type Credentials =
  | { readonly way: 'key'; readonly key: string; readonly proof: Proof | undefined }
  | { readonly way: 'link'; readonly link: string; readonly proof: Proof | undefined }
  /** What `navigator.credentials.get` returned to an open challenge. */
  | { readonly way: 'passkey'; readonly response: JsonObject };

/** From where somebody signs in, as far as that shows; never in the ledger. */
export type SignInPlace = { readonly browser: string | null; readonly address: string };

/** A request to sign in; `purpose` is what proofs are for. */
export type SignInRequest = SignInPlace & {
  readonly with: Credentials;
  readonly purpose: Purpose;
};

/** Who is signed in, as they see it. Times are ms UTC. */
export type ShownSignIn = SignInPlace & {
  readonly id: string;
  readonly way: SignInWay;
  readonly person: Person;
  /** What the person is called where they have no address. */
  readonly name: string;
  readonly roles: readonly Role[];
  /** The agents this person sees; null: all of them. */
  readonly agents: readonly string[] | null;
  readonly openedAt: number;
  readonly lastAt: number;
  /** It ends then, however much it is used. */
  readonly expiresAtMs: number;
  /** How long it lasts without use, and when it ends unless it is used. */
  readonly idleMs: number;
  readonly idleAtMs: number;
};

/** The one time the cookie's value is seen. */
export type Opened = { readonly cookie: string; readonly shown: ShownSignIn };

/** A link that signs a person in, once; `token` stands behind the `#`. */
export type SignInLink = {
  readonly token: string;
  readonly person: string;
  readonly expiresAtMs: number;
};

/** Whose link it is, for who is about to use it. */
export type LinkOwner = {
  readonly person: string;
  readonly name: string;
  readonly expiresAtMs: number;
};

/** Why signing in with an issuer came to nothing; the console says each in words of its own. */
export type SignInProblem = FlowProblem | 'no-person' | 'no-role' | 'unavailable' | 'revoked';

/** How signing in with an issuer ended; `to` is where they wanted to go, where that is known. */
export type EndedSignIn =
  | { readonly ok: true; readonly value: Opened & { readonly to: string } }
  | { readonly ok: false; readonly problem: SignInProblem; readonly to?: string };

/** The ways people may sign in here, and with which issuers. */
export type SignInWays = {
  readonly ways: readonly SignInWay[];
  readonly issuers: readonly SignInIssuer[];
};

/** How many sign-ins were ended. */
export type EndedSignIns = { readonly ended: number };

/**
 * People who are signed in with a browser.
 *
 * Contract:
 * - Only a digest of a cookie's value is kept. Each sign-in has a value of its own, also where the
 *   browser had one before.
 * - Who signs in by a key or a link and has second factors proves one of them, and everybody where
 *   that is configured: `needs-proof`. A passkey and an issuer's word suffice by themselves.
 * - A sign-in by key, link or passkey is a key's: it ends at once when the key is revoked or runs
 *   out, and outlives the daemon. One by an issuer is of the roles its token gave, and ends with
 *   the daemon, or before.
 * - A sign-in ends when it was not used for `idleMs`, `maxMs` after it began, and when the factor
 *   it was proved by is removed. Asking with it is no use of it by itself: pages ask by themselves.
 * - A link made while signed in prolongs nothing: what it signs in ends when that would have ended,
 *   and it is good no longer than that is open.
 * - `signed_in` is in the ledger before the cookie is given. What ends, ends first: `signed_out`
 *   follows.
 * - Of one person at most 20 are open, the newest, and 1,000 in all.
 */
export type SignIns = {
  readonly ways: () => SignInWays;
  readonly signIn: (request: SignInRequest) => Promise<Served<Opened>>;
  /** Makes a challenge for a passkey. */
  readonly challenge: () => Promise<Served<Challenge>>;
  /** Begins signing in with an issuer; `back` is where it sends the browser to, `to` is after. */
  readonly begin: (of: {
    readonly issuer: string;
    readonly back: string;
    readonly to: string;
  }) => Promise<Flowed<BegunFlow>>;
  /** Ends it with what the issuer said: `url` is what the browser came back with. */
  readonly end: (
    of: { readonly url: URL; readonly sealed: string },
    place: SignInPlace,
  ) => Promise<EndedSignIn>;
  /** Returns who asks with a cookie; undefined when it is good no more. */
  readonly callerOf: (cookie: string) => Caller | undefined;
  /** Counts a sign-in as used, where it is open. */
  readonly use: (id: string) => void;
  /** Ends what a browser was signed in with before it was signed in anew. */
  readonly replace: (cookies: readonly string[]) => Promise<void>;
  readonly find: (cookie: string) => ShownSignIn | undefined;
  /** Returns whether a sign-in is good; looking at it does not count as use. */
  readonly isOpen: (id: string) => boolean;
  readonly signOut: (cookie: string) => Promise<Served<EndedSignIns>>;
  /** The caller's own, newest first. */
  readonly list: (by: Caller) => readonly ShownSignIn[];
  /** Ends one of the caller's own, an admin anybody's; null: every one of the caller's own. */
  readonly revoke: (id: string | null, by: Caller) => Promise<Served<EndedSignIns>>;
  /** Ends what a factor proved that is no more. */
  readonly factorRemoved: (factor: string) => Promise<void>;
  /** Makes a link that signs a key's person in; undefined: the one person who is an admin. */
  readonly link: (person: string | undefined, by: Caller) => Promise<Served<SignInLink>>;
  /** Returns whose link it is. It stays good. */
  readonly ownerOf: (link: string) => Served<LinkOwner>;
  /** Ends what is over and records it, and keeps what is open for the next daemon. */
  readonly sweep: () => Promise<void>;
  /** Keeps what is open for the next daemon. */
  readonly close: () => Promise<void>;
};
