import type { HaltedPart } from '../guard/halts/executing.ts';

/** What one try came to. `why` is shown and recorded: no secrets, no personal data. */
export type Attempt =
  | { readonly state: 'done' }
  | {
      readonly state: 'failed';
      readonly why: string;
      /** Trying again comes to the same. */
      readonly isFinal?: true;
    };

/** What an executor is told of a halt. */
export type Halted = Pick<HaltedPart, 'halt' | 'agent' | 'scope' | 'target' | 'epoch' | 'sessions'>;

/**
 * Something the daemon ends because of a halt, beside calls.
 *
 * Contract:
 * - `execute` never rejects and may be called again, also after a crash and when all is done
 *   already: it comes to the same.
 * - It is called in the turn that latches the halt where nothing of a lower order comes first.
 * - Those of one order run at once; those of the next begin when all of them have ended, however,
 *   but for those nothing follows on.
 */
export type Executor = {
  readonly name: string;
  readonly order: number;
  /** Whether those of the next order wait for its end. Absent: they do. */
  readonly isFollowed?: false;
  /** Whether there is anything to do; what is not done is neither listed nor recorded. */
  readonly concerns: (halted: Halted) => boolean;
  readonly execute: (halted: Halted) => Promise<Attempt>;
  /**
   * Looks, in a drill, at what can be looked at without ending anything, such as a secret that has
   * to be there; never rejects. Absent: nothing can.
   */
  readonly check?: (halted: Halted) => Promise<Attempt>;
  /** How often a failed try is made again, and how long after the first; doubles each time. */
  readonly retries: { readonly most: number; readonly afterMs: number };
};
