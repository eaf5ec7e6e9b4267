/** Whose lease is meant. `by` is the caller, who must be the one that took it. */
export type OfLease = { readonly agent: string; readonly lease: string; readonly by: string };

/** What is said of a call that ended after a halt: it was cancelled, or came to its end. */
export type EndedCall = { readonly decision: string; readonly end: 'cancelled' | 'finished' };

/** A lease as it is given. `lastsMs` counts from before it was asked for. */
export type GivenLease = {
  readonly lease: string;
  readonly lastsMs: number;
  readonly stop: number;
  readonly epoch: number;
};

/** What a renewal tells: how long the lease lasts, and the last stop. */
export type Renewed = Omit<GivenLease, 'lease'>;

/** Who takes a lease. `executors` is what its holder ends itself beside calls. */
export type LeaseRequest = {
  readonly agent: string;
  readonly name: string;
  readonly by: string;
  readonly executors?: readonly string[] | undefined;
  /** The session it acts for, where it is one alone. */
  readonly session?: string | undefined;
};
