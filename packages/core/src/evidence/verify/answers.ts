import type { Json } from '../../json.ts';

/** What a verifier says of a decision. Source: spec/entries.md, section "Verifying". */
export const ANSWERS = ['recomputed', 'erased', 'missing opening', 'mismatch'] as const;

/** One of the answers. */
export type AnswerKind = (typeof ANSWERS)[number];

/** Something about one decision, with its entry; `log` names another log than the last. */
export type Noted = {
  readonly index: number;
  readonly decision: string;
  readonly why: string;
  readonly log?: string;
};

/** What was said of every decision. Lists hold the first hundred of their kind. */
export type AnswerReport = {
  readonly decisions: number;
  readonly answers: { readonly [K in AnswerKind]: number };
  readonly mismatches: readonly Noted[];
  /**
   * Of the decisions that were made again: whether the state folded from the log was read the same.
   * `unknown`: something before it could not be opened.
   */
  readonly states: { readonly same: number; readonly differs: number; readonly unknown: number };
  readonly otherStates: readonly Noted[];
  /** Actions that were let through and have no outcome, or one that was reported as unknown. */
  readonly unfinished: readonly Noted[];
  readonly unfinishedCount: number;
  /** Entries besides decisions whose open part is not what is sealed, or whose seal is broken. */
  readonly broken: readonly Noted[];
  readonly brokenCount: number;
};

const MOST_LISTED = 100;

/** Counts answers. Whether a subject was erased is known only when the log has ended. */
export class Answers {
  readonly #erased: Set<string> = new Set();
  readonly #unopened: Map<string, number> = new Map();
  readonly #lists: { [K in 'mismatch' | 'differs' | 'unfinished' | 'broken']: Noted[] } = {
    mismatch: [],
    differs: [],
    unfinished: [],
    broken: [],
  };
  readonly #counts = { mismatch: 0, differs: 0, unfinished: 0, broken: 0 };
  #log: string | null = null;
  #recomputed = 0;
  #same = 0;
  #unknown = 0;

  /** Notes are of entries of that log from now on. */
  beginLog(origin: string): void {
    this.#log = origin;
  }

  /** The log that notes are of, or null when nobody named one. */
  get log(): string | null {
    return this.#log;
  }

  /** Takes note of an erasure. */
  erase(subject: Json | undefined): void {
    if (typeof subject === 'string') this.#erased.add(subject);
  }

  /** A decision could not be opened, or what it was made from could not. */
  unopened(subject: string): void {
    this.#unopened.set(subject, (this.#unopened.get(subject) ?? 0) + 1);
  }

  /** A decision was made again; `state` says whether the folded state was read the same. */
  recomputed(state: 'same' | 'differs' | 'unknown', noted: Noted): void {
    this.#recomputed += 1;
    if (state === 'same') this.#same += 1;
    else if (state === 'unknown') this.#unknown += 1;
    else this.note('differs', noted);
  }

  /** Puts something on its list. */
  note(list: 'mismatch' | 'differs' | 'unfinished' | 'broken', noted: Noted): void {
    this.#counts[list] += 1;
    if (this.#lists[list].length >= MOST_LISTED) return;
    const log = noted.log ?? this.#log;
    this.#lists[list].push(log === null ? noted : { ...noted, log });
  }

  /** Returns what was said so far, as the log stands. */
  report(): AnswerReport {
    let [erased, missing] = [0, 0];
    for (const [subject, count] of this.#unopened) {
      if (this.#erased.has(subject)) erased += count;
      else missing += count;
    }
    const { mismatch } = this.#counts;
    const recomputed = this.#recomputed;
    return {
      decisions: recomputed + erased + missing + mismatch,
      answers: { recomputed, erased, 'missing opening': missing, mismatch },
      mismatches: this.#listOf('mismatch'),
      states: { same: this.#same, differs: this.#counts.differs, unknown: this.#unknown },
      otherStates: this.#listOf('differs'),
      unfinished: this.#listOf('unfinished'),
      unfinishedCount: this.#counts.unfinished,
      broken: this.#listOf('broken'),
      brokenCount: this.#counts.broken,
    };
  }

  /** What is of the last log is named by its index alone. */
  #listOf(list: 'mismatch' | 'differs' | 'unfinished' | 'broken'): readonly Noted[] {
    return this.#lists[list].map(({ log, ...noted }) => {
      return log === undefined || log === this.#log ? noted : { ...noted, log };
    });
  }
}
