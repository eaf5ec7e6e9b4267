import type { Event } from '../decide/event.ts';
import type { Entry } from '../evidence/entry.ts';
import type { JsonObject } from '../json.ts';
import type { CompiledPact } from '../pact/compiled.ts';
import { dropGates, type GateNote, noteGate, noteViolation } from './gate-notes.ts';
import { type Lock, type LockNotes, noteLock } from './lock-notes.ts';
import { type Attempt, noteApproval, noteAttempt, noteOverruled, type Undoing } from './undoing.ts';

/** A review that was raised; `finding` is null until a person closed it. */
export type Review = {
  readonly id: string;
  readonly what: string;
  readonly at: number;
  readonly because: readonly string[];
  readonly actions: number;
  readonly sessions: number;
  readonly closedAt: number | null;
  readonly closedBy: string | null;
  readonly finding: string | null;
  readonly reason: string | null;
};

/**
 * What is known of one agent about what people decided, beside the kernel's state: folded from the
 * same entries, never read by a decision.
 */
export type PeopleNotes = {
  readonly locks: LockNotes;
  readonly gates: Map<string, GateNote>;
  readonly undoing: Undoing;
  readonly reviews: Map<string, Review>;
  /** How many claims of authority were found, by open session. */
  readonly claims: Map<string, number>;
  alerts: number;
};

/** The same as plain JSON. */
export type SavedPeople = {
  readonly own: readonly (readonly [string, Lock])[];
  readonly shared: readonly (readonly [string, Lock])[];
  readonly gates: readonly (readonly [string, GateNote])[];
  readonly overruled: readonly (readonly [string, number])[];
  readonly attempts: readonly Attempt[];
  readonly reviews: readonly (readonly [string, Review])[];
  readonly claims: readonly (readonly [string, number])[];
  readonly alerts: number;
};

/** The name of the finding that content claims a role or authority. */
export const ROLE_CLAIM = 'role_claim';

const MOST_REVIEWS = 100;

/** Returns the notes of an agent of which nothing has happened yet. */
export function noPeopleNotes(): PeopleNotes {
  return {
    locks: { own: new Map(), shared: new Map() },
    gates: new Map(),
    undoing: { overruled: new Map(), attempts: [] },
    reviews: new Map(),
    claims: new Map(),
    alerts: 0,
  };
}

/** Folds one event of the kernel into the notes. */
export function notePeople(notes: PeopleNotes, pact: CompiledPact, event: Event): void {
  switch (event.kind) {
    case 'lock':
    case 'unlock':
      noteLock(notes.locks, event);
      return;
    case 'gate':
      noteGate(notes.gates, event);
      return;
    case 'decided':
      noteViolation(notes.gates, pact, event);
      noteAttempt(notes.undoing, event);
      return;
    case 'approval':
      noteApproval(notes.undoing, event);
      return;
    case 'finding':
      if (event.name === ROLE_CLAIM) {
        notes.claims.set(event.session, (notes.claims.get(event.session) ?? 0) + 1);
      }
      return;
    case 'session_closed':
      dropGates(notes.gates, event.session);
      notes.claims.delete(event.session);
      return;
    default:
      return;
  }
}

/**
 * Folds an entry that is no event of the kernel. `secret` is its plaintext, null when it was erased
 * or nothing was sealed.
 */
export function notePeopleEntry(
  notes: PeopleNotes,
  { kind, at, open }: Pick<Entry, 'kind' | 'at' | 'open'>,
  secret: JsonObject | null,
): void {
  switch (kind) {
    case 'correction': {
      const action = secret?.['action'];
      if (open['label'] === 'undone' && typeof action === 'string') {
        noteOverruled(notes.undoing, action, at);
      }
      return;
    }
    case 'review_raised':
      notes.reviews.set(textOf(open['id']), reviewOf(open, at));
      dropOldest(notes.reviews);
      return;
    case 'review_closed':
      closeReview(notes, open, at);
      return;
    case 'alert':
      notes.alerts += 1;
      return;
    default:
      return;
  }
}

function reviewOf(open: Entry['open'], at: number): Review {
  const { because } = open;
  return {
    id: textOf(open['id']),
    what: textOf(open['what']),
    at,
    because: Array.isArray(because) ? because.map(textOf) : [],
    actions: countOf(open['actions']),
    sessions: countOf(open['sessions']),
    closedAt: null,
    closedBy: null,
    finding: null,
    reason: null,
  };
}

// What was looked at is not counted again.
function closeReview(notes: PeopleNotes, open: Entry['open'], at: number): void {
  const id = textOf(open['id']);
  const review = notes.reviews.get(id);
  if (review === undefined) return;
  const said = { finding: textOf(open['finding']), reason: textOf(open['reason']) };
  notes.reviews.set(id, { ...review, ...said, closedAt: at, closedBy: textOf(open['by']) });
  notes.undoing.attempts = [];
}

function dropOldest(reviews: Map<string, Review>): void {
  for (const [id, { closedAt }] of reviews) {
    if (reviews.size <= MOST_REVIEWS) return;
    if (closedAt !== null) reviews.delete(id);
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function countOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** Returns the notes as plain JSON. */
export function savePeople(notes: PeopleNotes): SavedPeople {
  return {
    own: [...notes.locks.own],
    shared: [...notes.locks.shared],
    gates: [...notes.gates],
    overruled: [...notes.undoing.overruled],
    attempts: notes.undoing.attempts,
    reviews: [...notes.reviews],
    claims: [...notes.claims],
    alerts: notes.alerts,
  };
}

/** Returns the notes that were saved. */
export function restorePeople(saved: SavedPeople): PeopleNotes {
  return {
    locks: { own: new Map(saved.own), shared: new Map(saved.shared) },
    gates: new Map(saved.gates),
    undoing: { overruled: new Map(saved.overruled), attempts: saved.attempts },
    reviews: new Map(saved.reviews),
    claims: new Map(saved.claims),
    alerts: saved.alerts,
  };
}
