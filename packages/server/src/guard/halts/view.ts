import type { HaltScope } from '@plumbline/core';

import type { Execution } from './executing.ts';
import type { Incident } from './order.ts';

/** An enforcement point that holds a lease, as a halt sees it. Times are ms UTC. */
export type HolderView = {
  readonly agent: string;
  readonly lease: string;
  readonly name: string;
};

/** What became of a call that was under way when a halt was latched. */
export type FlightEnd = 'running' | 'cancelled' | 'finished' | 'not_sent';

/** `latched`: decided nowhere any more; `effective`: forwarded nowhere any more. */
export type HaltState = 'latched' | 'effective';

/** What is answered as soon as a halt is latched. */
export type LatchedHalt = {
  readonly halt: string;
  readonly epoch: number;
  readonly state: HaltState;
  readonly latchedAt: number;
  readonly waitingFor: readonly HolderView[];
  /** Where it stands in the ledger; null while only the halt file holds it. */
  readonly index: number | null;
};

/** The same, with what is odd about it: a name the armed pact does not know stops nothing else. */
export type AnsweredHalt = LatchedHalt & { readonly warning: string | null };

/** A halt, how far it is, and what it stopped. */
export type HaltView = LatchedHalt & {
  readonly agent: string | null;
  readonly scope: HaltScope;
  readonly target: string;
  readonly reason: string;
  readonly by: string;
  readonly incident: Incident;
  readonly effectiveAt: number | null;
  /** From latched to effective, on the daemon's monotonic clock. */
  readonly effectiveMs: number | null;
  readonly acknowledged: readonly (HolderView & { readonly at: number; readonly ms: number })[];
  readonly ranOut: readonly (HolderView & { readonly at: number; readonly ms: number })[];
  /** What was under way: at most 1 000 of them. */
  readonly inFlight: readonly {
    readonly agent: string;
    readonly session: string;
    readonly decision: string;
    readonly tool: string;
    readonly end: FlightEnd;
  }[];
  /** What is done beside stopping calls, and how far each is. */
  readonly executors: readonly Execution[];
  readonly resumedAt: number | null;
  /** Counts its changes since the daemon started; another one is another view. */
  readonly revision: number;
};
