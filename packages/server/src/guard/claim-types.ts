import type { Claim, Effect } from '@plumbline/core';

/** A token that was used, as it is remembered: a digest, and never the token. */
export type TokenUsed = {
  /** 32 hex digits that tell a token from every other of every issuer. */
  readonly digest: string;
  /** Until when it would be taken again, ms UTC. */
  readonly untilMs: number;
  /** Whether it is good for one session alone; else it is good once for each. */
  readonly isOnce: boolean;
};

/** A claim that was verified, for a session that is still to be named. */
export type ProvenClaim = Omit<Claim, 'session'> & { readonly id: string };

/** What a principal's own token proves. */
export type PrincipalProof = {
  /** What the principal is called in the session. */
  readonly principal: string;
  readonly claims: readonly ProvenClaim[];
  readonly token: TokenUsed;
};

/** A claim of a principal that an opener answers for. */
export type AttestedClaim = Pick<Claim, 'name' | 'values' | 'mechanism'> & {
  /** How long it holds, in ms. */
  readonly withinMs: number;
};

/** How much of what a session may do another one is to do for it. */
export type Handover = {
  readonly agent: string;
  readonly session: string;
  /** The decision that let the hand-off through; used once. */
  readonly decision: string | null;
  /** Names or globs; null: any. */
  readonly tools: readonly string[] | null;
  readonly effects: readonly Effect[] | null;
  /** Claims that are handed down; none unless named. */
  readonly claims: readonly Pick<Claim, 'name' | 'values'>[];
  /** ms UTC; null: as long as the links above. */
  readonly untilMs: number | null;
};

/** What is proved or attested of the principal of a session. */
export type ProofOf = {
  readonly agent: string;
  readonly session: string;
  readonly proof: PrincipalProof | null;
  readonly claims: readonly AttestedClaim[];
};

/** A claim for one of an agent's sessions. */
export type ClaimIn = { readonly agent: string; readonly claim: Claim };

/** A claim that somebody ends. */
export type EndOfClaim = {
  readonly agent: string;
  readonly session: string;
  readonly id: string;
  readonly by: string;
};

/** Where the entry stands that recorded a claim, or its end. */
export type ClaimNote = { readonly index: number };
