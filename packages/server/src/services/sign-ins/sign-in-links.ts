import { hash, randomBytes } from 'node:crypto';

import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';

const LINK_MS = 600_000;
const MOST_LINKS = 1_000;

/** The sign-in within which a link was made. */
export type MadeWithin = { readonly signIn: string; readonly endsAtMs: number };

/** What a link is good for: one key's person. */
export type WaitingLink = {
  readonly key: string;
  readonly expiresAtMs: number;
  /** Null: it was made with the key itself, or on the machine. */
  readonly within: MadeWithin | null;
};

/** Links that sign somebody in once. They end with the daemon. */
export class SignInLinks {
  readonly #waiting = new Map<string, WaitingLink>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  make(
    key: string,
    within: MadeWithin | null,
  ): Served<{ readonly token: string; readonly expiresAtMs: number }> {
    this.#forgetPast();
    if (this.#waiting.size >= MOST_LINKS) {
      return refused('overloaded', `${MOST_LINKS} links wait to be used: use one, or wait`);
    }
    const token = randomBytes(32).toString('base64url');
    const expiresAtMs = this.#clock() + LINK_MS;
    this.#waiting.set(hash('sha256', token, 'hex'), { key, expiresAtMs, within });
    return served({ token, expiresAtMs });
  }

  /** Returns what a link is for, or undefined when it is good no more. It stays good. */
  look(token: string): WaitingLink | undefined {
    const waiting = this.#waiting.get(hash('sha256', token, 'hex'));
    return waiting === undefined || waiting.expiresAtMs <= this.#clock() ? undefined : waiting;
  }

  /** Uses a link up. Returns whether it was good. */
  take(token: string): boolean {
    return this.look(token) !== undefined && this.#waiting.delete(hash('sha256', token, 'hex'));
  }

  /** Takes back the links that are meant. */
  forget(isMeant: (link: WaitingLink) => boolean): void {
    for (const [digest, link] of this.#waiting) if (isMeant(link)) this.#waiting.delete(digest);
  }

  #forgetPast(): void {
    const now = this.#clock();
    this.forget(({ expiresAtMs }) => expiresAtMs <= now);
  }
}
