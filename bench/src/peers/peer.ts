import type { Rule } from '../rules.ts';
import type { Session, Turn } from '../recording.ts';

/** The rules one agent is held to: every tool it may use, and what narrows that. */
export type RuleBook = {
  readonly agent: string;
  readonly tools: readonly string[];
  readonly rules: readonly Rule[];
};

/** A recorded action with its session. */
export type Question = { readonly session: Session; readonly turn: Turn };

/** Answers one prepared question: whether the action may happen. */
export type Ask = () => boolean;

/**
 * A policy engine as it is used at its best: policies parsed once, requests shaped beforehand.
 *
 * `prepare` loads one rule book and returns how to shape a question of it; what that returns is
 * what is measured.
 */
export type Peer = {
  readonly name: string;
  readonly prepare: (book: RuleBook) => (question: Question) => Ask;
};
