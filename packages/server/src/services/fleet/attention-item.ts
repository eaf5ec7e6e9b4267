/** What kind of thing waits for a person. */
export const ATTENTION_KINDS = [
  'halt',
  'approval',
  'gate',
  'pact',
  'tool',
  'refusals',
  'review',
  'break-glass-review',
  'bypass',
  'dead-letter',
  'late-word',
  'drill',
  'undo',
  'audit',
] as const;

/** One of them. */
export type AttentionKind = (typeof ATTENTION_KINDS)[number];

/** How much it presses. */
export const PRESSING = ['critical', 'high', 'medium', 'low'] as const;

/** One thing that waits for a person. Times are ms UTC. */
export type AttentionItem = {
  readonly kind: AttentionKind;
  /** Tells it apart from others of its kind. */
  readonly id: string;
  readonly severity: (typeof PRESSING)[number];
  readonly agent: string | null;
  readonly session: string | null;
  /** Since when it waits; null where nothing says so any more. */
  readonly at: number | null;
  /** By when; null where nothing happens then. */
  readonly dueAt: number | null;
  /** In a few words, of ours alone. */
  readonly title: string;
  /** What agents, tools or people said of it, to be shown as text; null: nothing. */
  readonly detail: string | null;
  /** The entries of the ledger behind it, oldest first: at most ten. */
  readonly entries: readonly number[];
  /** Where the console shows it. */
  readonly path: string;
};
