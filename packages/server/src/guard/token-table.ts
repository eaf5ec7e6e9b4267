import type { Entry } from '@plumbline/core';

import type { TokenUsed } from './claim-types.ts';

/** One remembered token: until when, and the sessions it was used for. */
type Remembered = { untilMs: number; readonly sessions: Set<string> };

/** A table as plain JSON. */
export type SavedTokens = readonly (readonly [string, number, readonly string[]])[];

const MOST_USES = 100_000;

/**
 * The tokens of principals that were used and would still be taken. INVARIANT: the fold of the
 * `token_used` entries, without those that have run out.
 */
export class TokenTable {
  readonly #tokens: Map<string, Remembered> = new Map();
  #uses = 0;

  /** Returns whether a token was used for a session; with null, for any. */
  wasUsed(digest: string, session: string | null): boolean {
    const known = this.#tokens.get(digest);
    return session === null ? known !== undefined : known?.sessions.has(session) === true;
  }

  /** Returns whether another use can be remembered at a moment: none is ever forgotten for it. */
  hasRoom(now: number): boolean {
    if (this.#uses < MOST_USES) return true;
    for (const [digest, { untilMs, sessions }] of this.#tokens) {
      if (untilMs >= now) continue;
      this.#tokens.delete(digest);
      this.#uses -= sessions.size;
    }
    return this.#uses < MOST_USES;
  }

  /** Remembers a use. */
  note({ digest, untilMs }: Pick<TokenUsed, 'digest' | 'untilMs'>, session: string): void {
    const known = this.#tokens.get(digest) ?? { untilMs, sessions: new Set<string>() };
    known.untilMs = Math.max(known.untilMs, untilMs);
    if (!known.sessions.has(session)) this.#uses += 1;
    known.sessions.add(session);
    this.#tokens.set(digest, known);
  }

  /** Takes up what an entry says; another kind says nothing. */
  fold({ kind, open }: Pick<Entry, 'kind' | 'open'>): void {
    if (kind !== 'token_used') return;
    const { token, session, untilMs } = open;
    if (typeof token !== 'string' || typeof session !== 'string') return;
    this.note({ digest: token, untilMs: typeof untilMs === 'number' ? untilMs : 0 }, session);
  }

  /** Forgets everything, before the log is folded from its beginning. */
  clear(): void {
    this.#tokens.clear();
    this.#uses = 0;
  }

  save(): SavedTokens {
    return [...this.#tokens].map(([digest, { untilMs, sessions }]) => {
      return [digest, untilMs, [...sessions]];
    });
  }

  restore(saved: SavedTokens): void {
    for (const [digest, untilMs, sessions] of saved) {
      for (const session of sessions) this.note({ digest, untilMs }, session);
    }
  }
}
