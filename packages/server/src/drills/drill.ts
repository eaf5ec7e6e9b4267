/** One thing that a halt does, and what a drill made of it. */
export type Practised = {
  /** `permits`, `leases`, `notification`, `enforcement-points`, or the name of an executor. */
  readonly what: string;
  /** `checked`: looked at and not done. `skipped`: not even that, for the reason given. */
  readonly state: 'practised' | 'checked' | 'skipped' | 'failed';
  /** How long it took, where it was done. */
  readonly ms: number | null;
  /** What was left out, or went wrong; null where neither. */
  readonly why: string | null;
};

/** How long after the halt was asked for each was reached, in whole ms, rounded up. */
export type DrillTimes = {
  readonly latchedMs: number;
  readonly effectiveMs: number;
  /** When the last action was forwarded; 0 where none was after that moment. */
  readonly lastForwardMs: number;
};

/** What a drill came to. */
export type DrillEnd = {
  readonly state: 'passed' | 'failed' | 'interrupted';
  /** Why it did not pass; null where it did. */
  readonly why: string | null;
  /** The session it was practised in; null where it did not come to that. */
  readonly session: string | null;
  readonly halt: string | null;
  readonly times: DrillTimes | null;
  /** How many actions were forwarded, and how many asked for after the halt were refused. */
  readonly forwarded: number;
  readonly refused: number;
  readonly practised: readonly Practised[];
  /** How many people held the right to halt, and how many have to. */
  readonly holders: number;
  readonly needed: number;
};

/** One drill. Times of day are ms UTC. */
export type Drill = Omit<DrillEnd, 'state'> & {
  readonly id: string;
  readonly agent: string;
  readonly state: DrillEnd['state'] | 'running';
  readonly cause: 'asked' | 'scheduled';
  readonly by: string;
  /** What no measured time may be beyond. */
  readonly boundMs: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
};

/** What waits for people. */
export type DrillAlert = 'overdue' | 'holders';
