import type { Json, JsonObject } from '@plumbline/core';

/** One thing to be judged: a sentence the agent let out, or an action that was let through. */
export type ShownClaim = {
  /** `c1`, `c2`, … in the order of the session. */
  readonly claim: string;
  readonly kind: 'statement' | 'action';
  readonly text: string;
};

/** One step of a session, in order: what was said to the agent, and what it did. */
export type ShownTurn =
  | {
      readonly kind: 'message';
      readonly from: 'principal' | 'untrusted';
      readonly text: string;
    }
  | {
      readonly kind: 'action';
      readonly tool: string;
      readonly args: JsonObject;
      /** Refused actions were not done; of those that asked nobody knows here what followed. */
      readonly was: 'let-through' | 'refused' | 'asked';
      /** What came back; null where nothing was reported. */
      readonly result: Json;
      readonly claims: readonly string[];
    };

/**
 * A drawn session as a reviewer sees it: neither what the agent reported of it, nor what any call
 * was reported as, nor ids by which either could be looked up.
 */
export type ShownInteraction = {
  readonly item: string;
  readonly agent: string;
  readonly task: string | null;
  readonly attributes: JsonObject;
  readonly turns: readonly ShownTurn[];
  readonly claims: readonly ShownClaim[];
  /** Claims beyond those that were drawn of a long session. */
  readonly leftOut: number;
  /** False where the session is longer than what is shown. */
  readonly isComplete: boolean;
};
