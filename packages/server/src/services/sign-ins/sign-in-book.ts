import { hash, randomBytes } from 'node:crypto';

import type { SignInWay } from './sign-ins.ts';

/** One sign-in as it is kept: never the cookie's value, only its digest. */
export type KeptSignIn = {
  readonly id: string;
  readonly digest: string;
  readonly way: SignInWay;
  /** The id of the key whose person is signed in. */
  readonly key: string;
  /** The pseudonym of the person. */
  readonly person: string;
  readonly browser: string | null;
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

/** The sign-ins that are open. */
export class SignInBook {
  readonly #byDigest = new Map<string, KeptSignIn>();
  readonly #byId = new Map<string, KeptSignIn>();

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
    this.#byDigest.set(kept.digest, kept);
    this.#byId.set(kept.id, kept);
  }

  /** Returns whether it was there. */
  remove({ id, digest }: Pick<KeptSignIn, 'id' | 'digest'>): boolean {
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
