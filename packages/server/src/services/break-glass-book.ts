import type { Json, JsonObject } from '@plumbline/core';

import type { Role } from '../store/vault.ts';

/** What a person found who looked at a break-glass afterwards. */
export type ReviewFinding = 'justified' | 'not-justified';

/** One time that somebody took more than they have. `person` and `by` are as in the ledger. */
export type BrokenGlass = {
  readonly id: string;
  /** Roles taken for a time, or an admin key made on the machine itself. */
  readonly what: 'taken' | 'recovered';
  readonly roles: readonly Role[];
  readonly reason: string;
  readonly by: string;
  /** Whose it is: for a recovered key, whom the key is for. */
  readonly person: string;
  /** The key that was made; null for roles. */
  readonly key: string | null;
  readonly at: number;
  /** The entry that says so. */
  readonly index: number;
  /** Until when roles hold; null for a key. */
  readonly untilMs: number | null;
  readonly endedAt: number | null;
  readonly ended: string | null;
  readonly review: {
    readonly finding: ReviewFinding;
    readonly reason: string;
    readonly by: string;
    readonly at: number;
  } | null;
};

/** The kinds of entries the book is folded from. */
export const BREAK_GLASS_KINDS = [
  'break_glass',
  'break_glass_ended',
  'break_glass_reviewed',
] as const;

/** What the book reads of an entry. */
export type BookEntry = {
  readonly kind: string;
  readonly at: number;
  readonly open: JsonObject;
  readonly index: number;
};

const MOST_REVIEWED = 1_000;

/** Every break-glass whose review is owed, and the last that were reviewed; from the ledger. */
export class BreakGlassBook {
  readonly #rows = new Map<string, BrokenGlass>();

  /** Takes the next entry of the ledger; entries of other kinds say nothing here. */
  fold(entry: BookEntry): void {
    const { kind, at, open } = entry;
    if (kind === 'break_glass') this.#begin(entry);
    const row = this.#rows.get(textOf(open['id']));
    if (row === undefined) return;
    if (kind === 'break_glass_ended' && row.endedAt === null) {
      this.#rows.set(row.id, { ...row, endedAt: at, ended: textOf(open['why']) });
    }
    if (kind === 'break_glass_reviewed' && row.review === null) {
      this.#rows.set(row.id, { ...row, review: reviewOf(at, open) });
      this.#forgetOldest();
    }
  }

  row(id: string): BrokenGlass | undefined {
    return this.#rows.get(id);
  }

  /** Newest first. */
  rows(): readonly BrokenGlass[] {
    return [...this.#rows.values()].reverse();
  }

  #begin({ at, open, index }: BookEntry): void {
    const { id, untilMs, key, roles } = open;
    const what = open['what'] === 'recovered' ? 'recovered' : 'taken';
    this.#rows.set(textOf(id), {
      id: textOf(id),
      what,
      roles: Array.isArray(roles) ? roles.filter(isRole) : [],
      reason: textOf(open['reason']),
      by: textOf(open['by']),
      person: textOf(open['person']),
      key: typeof key === 'string' ? key : null,
      at,
      index,
      untilMs: typeof untilMs === 'number' ? untilMs : null,
      // A key that was made goes on: what is looked at is that it was made.
      endedAt: what === 'recovered' ? at : null,
      ended: what === 'recovered' ? 'made' : null,
      review: null,
    });
  }

  #forgetOldest(): void {
    const reviewed = [...this.#rows.values()].filter(({ review }) => review !== null);
    const [oldest] = reviewed.length > MOST_REVIEWED ? reviewed : [];
    if (oldest !== undefined) this.#rows.delete(oldest.id);
  }
}

function reviewOf(at: number, open: JsonObject): NonNullable<BrokenGlass['review']> {
  const finding = open['finding'] === 'justified' ? 'justified' : 'not-justified';
  return { finding, reason: textOf(open['reason']), by: textOf(open['by']), at };
}

function isRole(value: Json): value is Role {
  return value === 'viewer' || value === 'operator' || value === 'approver' || value === 'admin';
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
