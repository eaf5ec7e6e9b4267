import type { JsonObject, VerdictKind } from '@plumbline/core';

import type { Label } from '../guard/people.ts';
import type { Caller } from '../routes/caller.ts';
import type { Recorded, Served } from './services.ts';

/** What a decision should have been, in the word of a person, or of what a person did about it. */
export type LabelSource = 'correction' | 'approval' | 'gate' | 'lock' | 'audit';

/**
 * One labelled case: a recorded action with all that the pact looked at in it, and what people say
 * of it. `expect` is what a pact's case expects; null where a pact alone cannot tell, as of a lock.
 */
export type LabelledCase = {
  readonly id: string;
  readonly decision: string;
  readonly session: string;
  /** When it was decided, and when it was labelled; ms UTC. */
  readonly decidedAt: number;
  readonly at: number;
  readonly pact: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly attributes: JsonObject;
  readonly task: string | null;
  readonly principalText: string | null;
  readonly verdict: VerdictKind;
  readonly rules: readonly string[];
  readonly label: Label;
  readonly expect: VerdictKind | null;
  readonly source: LabelSource;
  readonly by: string;
  readonly note: string | null;
};

/** `isComplete`: no older label was left out. */
export type LabelledCases = {
  readonly rows: readonly LabelledCase[];
  readonly isComplete: boolean;
};

/**
 * What people said of decisions.
 *
 * Contract:
 * - `correct` records a `correction`; a decision of an erased person is `not-found`.
 * - `list` derives the labels of approvals, gates and locks; it opens what it shows and records a
 *   `read` for each session, durable before the answer. Cases of erased people are not there.
 */
export type Cases = {
  readonly correct: (
    of: { readonly decision: string; readonly label: Label; readonly note: string },
    by: Pick<Caller, 'id'>,
  ) => Promise<Served<Recorded>>;
  readonly list: (agent: string, by: Caller) => Promise<Served<LabelledCases>>;
};
