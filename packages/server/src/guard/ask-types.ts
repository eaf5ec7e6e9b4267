import type { Action, Ask, Fact, Voter, VoteOutcome } from '@plumbline/core';

/** An ask with what it is judged by; who it was asked for is personal. */
export type FoundAsk = {
  readonly agent: string;
  readonly ask: Ask;
  /** For whom the session was opened, and by whose key; null once it is closed. */
  readonly principal: string | null;
  readonly openedBy: string | null;
};

/** Which asks are wanted; whatever is left out wants all. */
export type AsksWanted = {
  readonly state?: string | undefined;
  readonly session?: string | undefined;
  /** Of which agents, by their names in the ledger. */
  readonly isOf?: ((agent: string) => boolean) | undefined;
  /** So many at least, where there are as many: those that wait first, then the newest. */
  readonly most?: number;
};

/** An action that people are asked about, and the facts it was decided with. */
export type AskedAction = { readonly action: Action; readonly facts: readonly Fact[] };

/** One person's word on an ask, as it is said. */
export type Ballot = {
  readonly ask: string;
  readonly voter: Voter;
  /** Whom nobody may approve for, beside the session's principal. */
  readonly barred: readonly string[];
  /** Those whose seats the voter was given. */
  readonly givers: readonly Voter[];
  readonly outcome: VoteOutcome;
  readonly reason: string;
  /** The id of the key or the link it came with. */
  readonly by: string;
  readonly mechanism: string;
};

/** A vote that counts, and how the ask stands with it. */
export type Counted = { readonly index: number; readonly found: FoundAsk };

/** A link by which one person may vote on one ask. `by` is the key of who made it. */
export type AskLink = {
  readonly ask: string;
  readonly link: string;
  readonly person: string;
  readonly expiresAtMs: number;
  readonly by: string;
};

/** Where the entry stands that noted what was done with an ask. */
export type AskNote = { readonly index: number };
