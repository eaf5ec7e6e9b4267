/** How a message stands. `folded` is part of a digest; `dead` waits for a person. */
export type MessageState = 'waiting' | 'delivered' | 'dead' | 'folded';

/** One message to one channel, as it is put in. Times are ms UTC. */
export type OutboxMessage = {
  /** The same for every attempt, and for a message made again from the ledger. */
  readonly key: string;
  readonly channel: string;
  /** What it is about: messages of one thread are told in their order. */
  readonly thread: string;
  /** What goes first: the smaller. */
  readonly rank: number;
  /** When it happened. */
  readonly at: number;
  readonly event: string;
  /** What is said, as JSON. */
  readonly notice: string;
  /** Whether it begins something that goes on; such a message is remembered until that ends. */
  readonly isOpen?: boolean;
};

/** A message with how far it came. */
export type OutboxRow = OutboxMessage & {
  readonly number: number;
  readonly state: MessageState;
  readonly attempts: number;
  readonly putAt: number;
  /** When it was first tried, or null. */
  readonly triedAt: number | null;
  readonly endedAt: number | null;
  /** Why the last attempt failed, in a word; null where none did. */
  readonly fault: string | null;
  /** What the service calls it, or null. */
  readonly reference: string | null;
  /** Whether the ledger says how it ended. */
  readonly isNoted: boolean;
};

/** How a channel fares. */
export type ChannelRow = {
  readonly name: string;
  /** It is told what happened from this entry of the ledger on. */
  readonly sinceIndex: number;
  /** How many attempts failed in a row. */
  readonly failures: number;
  /** Nothing is tried before it. */
  readonly dueAt: number;
  /** The service itself asked not to be asked before it. */
  readonly heldUntil: number;
};

/** A word that people were promised by a moment. */
export type PromisedWord = {
  /** The notice that promised it. */
  readonly notice: string;
  readonly thread: string;
  readonly title: string;
  readonly severity: string;
  readonly agent: string | null;
  readonly at: number;
  readonly dueAt: number;
  readonly keptAt: number | null;
  readonly isLate: boolean;
};

/** How a message ended, or comes again. */
export type MessageEnd = {
  readonly state: Exclude<MessageState, 'folded'>;
  readonly at: number;
  readonly fault: string | null;
  readonly reference: string | null;
};

/** Counts of one channel's messages. */
export type OutboxCount = {
  readonly channel: string;
  readonly state: MessageState;
  readonly count: number;
};

/**
 * What has to be told and was not yet. It can be made again from the ledger, with the same keys,
 * so it is durable against the end of the program and not against a power cut.
 *
 * Contract, of every implementation:
 * - Every call is whole when it returns, and part of `transaction` where it is made inside one.
 * - A key is put in once: putting it again changes nothing and returns false.
 * - `next` is the waiting message of a channel that goes first: by rank, then time, then order of
 *   arrival; those set aside until later are left out.
 * - What has ended does not change but by `revive`.
 */
export type Outbox = {
  readonly transaction: <T>(work: () => T) => T;
  /** The entry of the ledger that is read next. */
  readonly nextIndex: () => number;
  readonly reach: (index: number) => void;
  readonly put: (message: OutboxMessage, now: number) => boolean;
  readonly next: (channel: string, now: number) => OutboxRow | undefined;
  /** Counts an attempt before it is made. */
  readonly begin: (key: string, now: number) => void;
  readonly end: (key: string, end: MessageEnd) => void;
  /** Leaves a waiting message out of `next` until then; with null every one of a channel counts. */
  readonly setAside: (of: { key: string } | { channel: string }, until: number | null) => void;
  /** Says that the ledger holds how a message ended. A key that is not there is put as ended. */
  readonly noted: (key: string, as?: OutboxMessage & { state: MessageState; at: number }) => void;
  readonly unnoted: (limit: number) => readonly OutboxRow[];
  /** Dead messages wait again; null: all of them. Returns how many. */
  readonly revive: (key: string | null, now: number) => number;
  readonly row: (key: string) => OutboxRow | undefined;
  readonly rows: (of: {
    readonly state?: MessageState | undefined;
    readonly channel?: string | undefined;
    readonly limit: number;
  }) => readonly OutboxRow[];
  readonly counts: () => readonly OutboxCount[];
  /** The oldest waiting messages of the least pressing rank that were never tried. */
  readonly foldable: (channel: string, limit: number) => readonly OutboxRow[];
  /** Makes waiting messages part of another one, and finds what is part of one. */
  readonly fold: (keys: readonly string[], into: string, now: number) => void;
  readonly parts: (key: string) => readonly OutboxRow[];
  /** The keys of what is left of a message for single recipients, in one order. */
  readonly left: (key: string) => readonly string[];
  /** Channels that were told of a thread, with the rank it began with. */
  readonly thread: (thread: string) => readonly { channel: string; rank: number }[];
  /** What the service of a channel calls the first message of a thread, or null. */
  readonly reference: (channel: string, thread: string) => string | null;
  /** Says that what a thread is about is over. */
  readonly endThread: (thread: string) => void;
  /** Keeps which thread an id of the ledger belongs to, and finds it. */
  readonly keepThread: (id: string, thread: string) => void;
  readonly threadOf: (id: string) => string | undefined;
  readonly channel: (name: string) => ChannelRow | undefined;
  readonly channels: () => readonly ChannelRow[];
  readonly putChannel: (row: ChannelRow) => void;
  readonly removeChannel: (name: string) => void;
  readonly promise: (word: Omit<PromisedWord, 'keptAt' | 'isLate'>) => void;
  readonly promises: () => readonly PromisedWord[];
  readonly keepPromise: (of: { notice: string } | { thread: string }, at: number) => void;
  readonly noteLate: (notice: string) => void;
  /** Forgets what ended before a moment, and what of it is beyond a count. */
  readonly forget: (before: number, most: number) => void;
  /** Empties it; the next entry is 0. */
  readonly drop: () => void;
  readonly close: () => void;
};
