import type { Effect } from '../pact/compiled.ts';

/** The links a delegation may have. Source: spec/decide.md, section "Delegation". */
export const MOST_LINKS = 8;

/**
 * One link of the chain that hands a session down: what an agent lets the next one do for it.
 *
 * `tools` are names or globs, null: any; `effects` null: any; `untilMs` (UTC) null: for good.
 * Source: spec/decide.md, section "Delegation".
 */
export type Delegation = {
  /** Who delegates. */
  readonly agent: string;
  /** The delegating agent's own session. */
  readonly session: string;
  readonly tools: readonly string[] | null;
  readonly effects: readonly Effect[] | null;
  readonly untilMs: number | null;
};
