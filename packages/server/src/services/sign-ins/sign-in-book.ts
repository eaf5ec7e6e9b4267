import { hash, randomBytes } from 'node:crypto';

import type { Caller } from '../../routes/caller.ts';
import type { SignInPlace, SignInWay } from './sign-ins.ts';

/** Who is signed in: the person of a key, or whom an issuer vouched for. */
export type SignedInAs =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'issuer'; readonly caller: Caller };

/** One sign-in as it is kept: never the cookie's value, only its digest. */
export type KeptSignIn = SignInPlace & {
  readonly id: string;
  readonly digest: string;
  readonly way: SignInWay;
  readonly as: SignedInAs;
  /** The factor it was proved by, or null. */
  readonly factor: string | null;
  /** The pseudonym of the person. */
  readonly person: string;
  readonly openedAt: number;
  readonly expiresAt: number;
  lastAt: number;
};

const MOST_OF_A_PERSON = 20;
const MOST = 1_000;

/** Returns the digest a cookie's value is known by. */
export function digestOf(cookie: string): string {
  return hash('sha256', cookie, 'hex');
}

/** Returns a fresh value for a cookie, and a fresh id. */
export function freshSignIn(): { readonly cookie: string; readonly id: string } {
  return {
    cookie: randomBytes(32).toString('base64url'),
    id: `sgn_${randomBytes(8).toString('hex')}`,
  };
}

/** Returns the id that stands in the ledger for whoever is signed in. */
export function byOf({ as }: Pick<KeptSignIn, 'as'>): string {
  return as.kind === 'key' ? as.key : as.caller.id;
}

/** The sign-ins that are open. */
export class SignInBook {
  readonly #byDigest = new Map<string, KeptSignIn>();
  readonly #byId = new Map<string, KeptSignIn>();
  #changes = 0;

  /** Counts what was added and removed. */
  get changes(): number {
    return this.#changes;
  }

  find(cookie: string): KeptSignIn | undefined {
    return this.#byDigest.get(digestOf(cookie));
  }

  withId(id: string): KeptSignIn | undefined {
    return this.#byId.get(id);
  }

  all(): readonly KeptSignIn[] {
    return [...this.#byId.values()];
  }

  add(kept: KeptSignIn): void {
    this.#changes += 1;
    this.#byDigest.set(kept.digest, kept);
    this.#byId.set(kept.id, kept);
  }

  /** Returns whether it was there. */
  remove({ id, digest }: Pick<KeptSignIn, 'id' | 'digest'>): boolean {
    this.#changes += 1;
    this.#byDigest.delete(digest);
    return this.#byId.delete(id);
  }

  /** Returns the ones that have to go before one more of a person fits: the oldest. */
  crowdedOut(person: string): readonly KeptSignIn[] {
    const own = this.all().filter((each) => each.person === person);
    const ofPerson = own.slice(0, Math.max(0, own.length + 1 - MOST_OF_A_PERSON));
    if (ofPerson.length > 0) return ofPerson;
    return this.all().slice(0, Math.max(0, this.#byId.size + 1 - MOST));
  }
}
