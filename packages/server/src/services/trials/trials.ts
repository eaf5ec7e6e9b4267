import type { Caller } from '../../routes/caller.ts';
import type { PactSources } from '../pact-sources.ts';
import type { Served } from '../services.ts';
import type { Trial } from './tally.ts';

/** A candidate pact and the decisions of an agent that are asked about. */
export type TrialAsked = PactSources & {
  readonly agent: string;
  readonly fromAt: number | null;
  readonly untilAt: number | null;
};

/** What came of a trial. `isWhole` is false where the record is longer than is tried. */
export type TriedRecord = Trial & {
  readonly candidate: string;
  readonly entries: number;
  readonly isWhole: boolean;
};

/** A trial that may begin: it runs once it is followed, and ends early by the signal. */
export type StartedTrial = {
  readonly run: (signal: AbortSignal, told: (read: number) => void) => Promise<TriedRecord | null>;
};

/** Candidate pacts against what was recorded. */
export type Trials = {
  /** Errors: `unknown-agent`, those of a pact that does not load, `overloaded`, `unavailable`. */
  readonly start: (asked: TrialAsked, by: Caller) => Promise<Served<StartedTrial>>;
};
