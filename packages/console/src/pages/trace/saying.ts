import type { TraceRow } from '../../data/traces.ts';

/** What a row of the timeline says: what happened, and a word more where there is one. */
export type EntryWords = { readonly title: string; readonly more: string };

/** What an entry is told in words from. `toolOf` names the tool of a decision by its id. */
export type Saying = Pick<TraceRow, 'open' | 'secret' | 'source'> & {
  readonly toolOf: (decision: string) => string | null;
};
