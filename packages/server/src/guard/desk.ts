import type { CompiledPact, Lock, UndoingBounds } from '@plumbline/core';

import type { Sequencer } from '../ledger/sequencer.ts';
import type { Recorder } from '../record/recorder.ts';
import type { RoomMark } from '../seal/room-marks.ts';
import type { Subject } from '../store/vault.ts';
import type { FactSource } from './gather.ts';
import type { Stopped } from './guard.ts';
import type { Executing } from './halts/executing.ts';
import type { HaltDesk } from './halts/halt-desk.ts';
import type { HaltPlace } from './halts/halt-file.ts';
import type { WideHalt } from './halts/order.ts';
import type { RandomBytes } from './ids.ts';
import type { LiveAgent } from './live-agent.ts';
import type { Clocks } from './permits.ts';
import type { SnapshotPlace } from './snapshot-file.ts';
import type { TokenTable } from './token-table.ts';

/** How much of everything. Times are in milliseconds. */
export type GuardBounds = {
  readonly permitMs: number;
  /** How long an approval waits for its action to come again. */
  readonly approvalMs: number;
  /** How long a lease lasts without renewal. */
  readonly leaseMs: number;
  readonly gatherMs: number;
  /** Requests of one agent that may wait; the next is `overloaded`. */
  readonly waiting: number;
  readonly sessionIdleMs: number;
  /** Request ids of one session; the next is refused, so that none is forgotten. */
  readonly requests: number;
  /** Request ids of all open sessions of an agent together. */
  readonly allRequests: number;
  /** Characters of arguments in flight of one agent; nothing more is decided until some end. */
  readonly flightChars: number;
  /** Entries between two snapshots. */
  readonly snapshotEvery: number;
};

/** The bounds where nothing else is configured. */
export const GUARD_BOUNDS: GuardBounds = {
  permitMs: 30_000,
  approvalMs: 300_000,
  leaseMs: 2_000,
  gatherMs: 2_000,
  waiting: 1_024,
  sessionIdleMs: 3_600_000,
  requests: 10_000,
  allRequests: 1_000_000,
  flightChars: 67_108_864,
  snapshotEvery: 100_000,
};

/** How much undoing of what people decided raises a review, and whether that halts the agent. */
export type ReviewRule = UndoingBounds & { readonly halts: boolean };

/** The rule where nothing else is configured: three distinct actions or sessions in a week. */
export const REVIEW_RULE: ReviewRule = {
  actions: 3,
  sessions: 3,
  windowMs: 604_800_000,
  halts: false,
};

/** Where the guard finds a pact that the log names: by its digest, and that of its sources. */
export type PactOf = (digest: string, sources: string | null) => Promise<CompiledPact | undefined>;

/** What the guard stands on. */
export type GuardParts = {
  readonly sequencer: Sequencer;
  /** Follows the log while the guard is opened; must not have followed anything before. */
  readonly recorder: Recorder;
  readonly subjects: {
    readonly named: (name: string) => Promise<Subject>;
    readonly byId: (id: string) => Promise<Subject | undefined>;
  };
  readonly pactOf: PactOf;
  readonly clocks: Clocks;
  readonly bounds: GuardBounds;
  readonly sources: readonly FactSource[];
  /** Where states are kept, so that not all of the log is folded at a start; none by default. */
  readonly snapshots?: SnapshotPlace;
  readonly review?: ReviewRule;
  /** Where halts are kept until the log holds them; nowhere by default. */
  readonly haltPlace?: HaltPlace;
  /** What stands openly for the name of a room; nothing does by default. */
  readonly roomMark?: RoomMark;
  /** What is done beside stopping calls; nothing by default. */
  readonly executing?: Executing;
  /** The halts of every agent that the log says are in force. */
  readonly wide?: readonly WideHalt[];
  /** The system's by default. */
  readonly random?: RandomBytes;
};

/** What every part of the guard works on. */
export type Desk = {
  readonly parts: GuardParts;
  readonly random: RandomBytes;
  readonly agents: Map<string, LiveAgent>;
  /** The locks that stand on every agent, by what they are on. */
  readonly locks: Map<string, Lock>;
  /** The tokens of principals that were used and would still be taken. */
  readonly tokens: TokenTable;
  /** Why nothing is decided any more; null while the guard works. */
  stopped: string | null;
  /** Subjects that were forgotten: a session opened meanwhile would be sealed for nobody. */
  readonly forgotten: Set<string>;
  /** Are told of what is stopped. */
  readonly haltListeners: Set<(stopped: Stopped) => void>;
  /** Resolves when no snapshot is being written. */
  snapshotting: Promise<unknown>;
  readonly halts: HaltDesk;
};
