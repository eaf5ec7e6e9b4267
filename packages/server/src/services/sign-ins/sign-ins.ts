import type { Caller, Person } from '../../routes/caller.ts';
import type { Role } from '../../store/vault.ts';
import type { Proof, Purpose } from '../factors/factors.ts';
import type { Recorded, Served } from '../services.ts';

/** How somebody signed in. */
export type SignInWay = 'key' | 'link';

/** What somebody signs in with. */
export type Credentials =
  | { readonly way: 'key'; readonly key: string; readonly proof: Proof | undefined }
  | { readonly way: 'link'; readonly link: string; readonly proof: Proof | undefined };

/** A request to sign in: from where, as far as the browser says, and what proofs are for. */
export type SignInRequest = {
  readonly with: Credentials;
  readonly purpose: Purpose;
  readonly browser: string | null;
};

/** Who is signed in, as they see it. Times are ms UTC. */
export type ShownSignIn = {
  readonly id: string;
  readonly way: SignInWay;
  readonly person: Person;
  /** What the person is called where they have no address. */
  readonly name: string;
  readonly roles: readonly Role[];
  readonly browser: string | null;
  readonly openedAt: number;
  readonly lastAt: number;
  /** It ends then, or before, when nothing is asked for as long as is configured. */
  readonly expiresAtMs: number;
};

/** The one time the cookie's value is seen. */
export type Opened = { readonly cookie: string; readonly shown: ShownSignIn };

/** A link that signs a person in, once; `token` stands behind the `#`. */
export type SignInLink = {
  readonly token: string;
  readonly person: string;
  readonly expiresAtMs: number;
};

/**
 * People who are signed in with a browser.
 *
 * Contract:
 * - Only a digest of a cookie's value is kept. Each sign-in has a value of its own, also where the
 *   browser had one before.
 * - Who signs in by a key or a link and has second factors proves one of them: `needs-proof`.
 * - A sign-in is its key's: it ends at once when the key is revoked or runs out. It ends too when
 *   nothing was asked with it for `idleMs`, and `maxMs` after it began.
 * - `signed_in` is in the ledger before the cookie is given. What ends, ends first: `signed_out`
 *   follows.
 * - Of one person at most 20 are open, the newest, and 1,000 in all.
 */
export type SignIns = {
  readonly signIn: (request: SignInRequest) => Promise<Served<Opened>>;
  /** Returns who asks with a cookie, and counts it as used; undefined when it is good no more. */
  readonly callerOf: (cookie: string) => Caller | undefined;
  readonly find: (cookie: string) => ShownSignIn | undefined;
  /** Returns whether a sign-in is good; looking at it does not count as use. */
  readonly isOpen: (id: string) => boolean;
  readonly signOut: (cookie: string) => Promise<Served<Recorded>>;
  /** Makes a link that signs a key's person in; undefined: the one person who is an admin. */
  readonly link: (person: string | undefined, by: Caller) => Promise<Served<SignInLink>>;
  /** Ends what is over, and records it. */
  readonly sweep: () => Promise<void>;
};
