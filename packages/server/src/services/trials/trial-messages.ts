import type { Entry, JsonObject } from '@plumbline/core';

import type { PactSources } from '../pact-sources.ts';
import type { Trial } from './tally.ts';

/** What the thread of a trial is started with. */
export type TrialJob = PactSources & { readonly fromAt: number; readonly untilAt: number };

/** One entry of the agent, opened where that was possible. */
export type TrialEntry = {
  readonly index: number;
  readonly entry: Entry;
  readonly secret: JsonObject | null;
};

/** What the thread is told: entries in order, and that there are no more. */
export type ToTrial =
  { readonly kind: 'entries'; readonly entries: readonly TrialEntry[] } | { readonly kind: 'end' };

/** What the thread says: that it took the entries, and at the end what came of them. */
export type FromTrial =
  { readonly kind: 'took' } | { readonly kind: 'trial'; readonly trial: Trial };
