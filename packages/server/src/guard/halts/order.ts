import type { HaltScope } from '@plumbline/core';

/** Why objectives count: after it the same objective is not gone on with. */
export type Incident = 'optimisation' | null;

/** What somebody stops. */
export type HaltOrder = {
  /** The agent it is of; null: every agent, for the scopes `fleet` and `room`. */
  readonly agent: string | null;
  readonly scope: HaltScope;
  /** The session, room, tool or task; empty for `agent` and `fleet`. */
  readonly target: string;
  readonly reason: string;
  /** The id of the key, `local`, or `kernel`. */
  readonly by: string;
  readonly incident?: Incident;
};

/** What a person lets go on. */
export type ResumeOrder = Omit<HaltOrder, 'incident'>;

/** A halt of every agent, also of those that are added later. */
export type WideHalt = Omit<HaltOrder, 'agent' | 'incident'> & {
  readonly id: string;
  readonly incident: Incident;
};

/** A halt as it is kept until the ledger holds it. */
export type SavedHalt = HaltOrder & {
  readonly id: string;
  readonly incident: Incident;
  readonly at: number;
};

/** One thing an enforcement point is told: which permits are void, and what is to be cancelled. */
export type Stop = {
  /** Counts on with each; permits given before it are void where they are of these sessions. */
  readonly stop: number;
  readonly epoch: number;
  /** The halt it comes of, if it is one. */
  readonly halt: string | null;
  /** Whether calls under way are to be cancelled, of these sessions and this tool. */
  readonly cancels: boolean;
  /** Whether every permit is void, whatever the sessions below. */
  readonly voidsAll: boolean;
  /** Null: all. */
  readonly sessions: readonly string[] | null;
  readonly tool: string | null;
};

/** Returns the key by which a halt is latched. */
export function wideKey({ scope, target }: Pick<HaltOrder, 'scope' | 'target'>): string {
  return `${scope}:${target}`;
}
