import { hash, randomBytes } from 'node:crypto';

import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';

const LINK_MS = 600_000;
const MOST_LINKS = 1_000;

/** What a link is good for: one key's person. */
type Waiting = { readonly key: string; readonly expiresAtMs: number };

/** Links that sign somebody in once. They end with the daemon. */
export class SignInLinks {
  readonly #waiting = new Map<string, Waiting>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  make(key: string): Served<{ readonly token: string; readonly expiresAtMs: number }> {
    this.#forgetPast();
    if (this.#waiting.size >= MOST_LINKS) {
      return refused('overloaded', `${MOST_LINKS} links wait to be used: use one, or wait`);
    }
    const token = randomBytes(32).toString('base64url');
    const expiresAtMs = this.#clock() + LINK_MS;
    this.#waiting.set(hash('sha256', token, 'hex'), { key, expiresAtMs });
    return served({ token, expiresAtMs });
  }

  /** Returns the key a link is for, or undefined when it is good no more. It stays good. */
  look(token: string): string | undefined {
    const waiting = this.#waiting.get(hash('sha256', token, 'hex'));
    return waiting === undefined || waiting.expiresAtMs <= this.#clock() ? undefined : waiting.key;
  }

  /** Uses a link up. Returns whether it was good. */
  take(token: string): boolean {
    return this.look(token) !== undefined && this.#waiting.delete(hash('sha256', token, 'hex'));
  }

  #forgetPast(): void {
    const now = this.#clock();
    for (const [digest, { expiresAtMs }] of this.#waiting) {
      if (expiresAtMs <= now) this.#waiting.delete(digest);
    }
  }
}
