import type { Digest } from '../digest.ts';

/** What a halt stops. `target` is empty for `agent` and `fleet`. */
export type HaltScope = 'fleet' | 'agent' | 'session' | 'room' | 'tool' | 'task';

/**
 * A latched stop. Each halt raises the agent's epoch by one, which voids every earlier permit.
 *
 * Source: spec/decide.md, section "Halts".
 */
export type Halt = {
  readonly scope: HaltScope;
  readonly target: string;
  readonly epoch: number;
  readonly reason: string;
  readonly by: string;
  /** What whoever halts calls it. */
  readonly id?: string;
  /** `optimisation`: the agent pursued what its objective says instead of what it means. */
  readonly incident?: 'optimisation' | null;
  /** The objective it was halted under; absent or null: that of the armed pact. */
  readonly objective?: Digest | null;
};

/** A person's leave to go on after a halt of the same scope and target. */
export type Resume = {
  readonly scope: HaltScope;
  readonly target: string;
  readonly reason: string;
  readonly by: string;
};
