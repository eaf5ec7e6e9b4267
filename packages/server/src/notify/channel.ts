import type { Notice } from './notice.ts';

/** One message to one channel, as often as it takes. */
export type Message = {
  /** The same for every attempt. */
  readonly key: string;
  readonly notice: Notice;
  /** Counts attempts, from 1. */
  readonly attempt: number;
  /** What the service called the first message of the thread, or null. */
  readonly reference: string | null;
  /** Whether the service may have it already: from an attempt before, or a daemon before. */
  readonly mayStand: boolean;
  /** The moment of this attempt, ms UTC. */
  readonly now: number;
};

/** A recipient that a message did not reach, counted from 1, and whether it is tried again. */
export type LeftRecipient = {
  readonly recipient: number;
  readonly fault: string;
  readonly isFinal: boolean;
};

/**
 * What became of one attempt. `fault` is one word or two of ours, such as `status-503`: it stands
 * in the ledger, so it holds nothing of what the service said.
 *
 * later: the service is down or refuses for now. `isAnswered` where it said so itself; it is asked
 * again after `retryAfterMs` where it named a time.
 * refused: this message will never be taken as it is.
 */
export type Sent =
  | {
      readonly kind: 'delivered';
      readonly reference: string | null;
      /** Recipients it did not reach, while it reached others. */
      readonly left?: readonly LeftRecipient[];
    }
  | {
      readonly kind: 'later';
      readonly fault: string;
      readonly isAnswered: boolean;
      readonly retryAfterMs: number | null;
      /** What was learned all the same, such as the record that stands there already. */
      readonly reference?: string | null;
    }
  | { readonly kind: 'refused'; readonly fault: string };

/**
 * A way to tell people.
 *
 * Contract: one message at a time; `send` never rejects, ends within its own time limit and when
 * the signal says so, and sends the same key with every attempt.
 */
export type Channel = {
  readonly name: string;
  readonly kind: string;
  readonly send: (message: Message, signal: AbortSignal) => Promise<Sent>;
  /** Asks what people said of an approval at the service, by what it calls the approval. */
  readonly votes?: (reference: string, now: number) => Promise<ForeignVotes>;
};

/** What people said elsewhere: each is somebody's word, under the address they have there. */
export type ForeignVotes =
  | {
      readonly ok: true;
      readonly votes: readonly {
        readonly id: string;
        readonly person: string;
        readonly outcome: 'approve' | 'deny';
      }[];
    }
  | { readonly ok: false; readonly fault: string };

/** Returns an attempt that is made again later. */
export function later(
  fault: string,
  { isAnswered = false, retryAfterMs = null }: Partial<Extract<Sent, { kind: 'later' }>> = {},
): Extract<Sent, { kind: 'later' }> {
  return { kind: 'later', fault, isAnswered, retryAfterMs };
}
