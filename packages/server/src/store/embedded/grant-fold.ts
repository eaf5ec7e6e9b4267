import type { GrantEnd } from '../models.ts';
import type { ReadEntry } from '../read-entry.ts';
import type { Sqlite } from './sqlite.ts';

type Placed = ReadEntry & { readonly index: number; readonly at: number };

/** Which grants an entry ends; `claim` null: every one, `isOnce`: only those of single use. */
type Ending = {
  readonly session: string | null;
  readonly claim: string | null;
  readonly isOnce: boolean;
  readonly end: GrantEnd;
};

/** Writes the rows of the grant log. */
export class GrantFold {
  readonly #sqlite: Sqlite;

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
  }

  add(entry: Placed): void {
    const { change, agent, session } = entry;
    if (change === null || agent === null) return;
    switch (change.kind) {
      case 'claimed':
        if (session !== null) this.#grant(entry, change);
        return;
      case 'revoked':
        this.#end(entry, { session, claim: change.claim, isOnce: false, end: 'revoked' });
        return;
      case 'decided':
        for (const claim of change.grants) {
          this.#end(entry, { session, claim, isOnce: false, end: 'spent' });
        }
        return;
      case 'closed':
        this.#end(entry, { session, claim: null, isOnce: false, end: 'closed' });
        return;
      case 'halted':
        this.#end(entry, { session: change.session, claim: null, isOnce: true, end: 'halted' });
        return;
      default:
        return;
    }
  }

  #grant(
    { index, at, agent, session }: Placed,
    change: Extract<ReadEntry['change'], { readonly kind: 'claimed' }>,
  ): void {
    const { claim, mechanism, isOnce, verifiedAt, expiresAt } = change;
    this.#sqlite
      .statement('INSERT INTO grant VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)')
      .run(index, at, agent, session, claim, mechanism, isOnce ? 1 : 0, verifiedAt, expiresAt);
  }

  #end({ at, agent }: Placed, { session, claim, isOnce, end }: Ending): void {
    const where = [
      'agent = ?',
      ...(session === null ? [] : ['session = ?']),
      ...(claim === null ? [] : ['claim = ?']),
      ...(isOnce ? ['is_once = 1'] : []),
    ];
    const values = [agent, session, claim].filter((value) => value !== null);
    const by = session === null ? 'grant_agent' : 'grant_session';
    this.#sqlite
      .statement(
        `UPDATE grant INDEXED BY ${by} SET ended = ?, ended_at = ?
          WHERE ${where.join(' AND ')} AND ended IS NULL`,
      )
      .run(end, at, ...values);
  }
}
