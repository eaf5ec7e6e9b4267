import type { DrillRule } from '@plumbline/core';

import type { Caller } from '../routes/caller.ts';
import type { Served } from '../services/services.ts';
import type { Drill } from './drill.ts';

/** How one agent stands. Times are ms UTC. */
export type DrillStanding = {
  readonly agent: string;
  /** What its pact asks for; null: drills are on no schedule. */
  readonly rule: DrillRule | null;
  /** The last one that ended; null before the first. */
  readonly last: Drill | null;
  readonly lastPassedAt: number | null;
  readonly isRunning: boolean;
  readonly dueAt: number | null;
  readonly isOverdue: boolean;
  readonly holders: number;
  readonly needed: number;
  /** How many people are missing. */
  readonly missing: number;
  /** The entries this follows from, oldest first: its schedule, its last drill, what was raised. */
  readonly entries: readonly number[];
};

/**
 * Drills of halts.
 *
 * Contract:
 * - A drill is in the ledger before it begins and once it ends; one that a crash interrupted is
 *   recorded as that by the next start, and made up for on schedule.
 * - It runs in a state of its own (`DrillGround`): nothing of the agent is stopped, voided or
 *   counted.
 * - One runs at a time; another is a `conflict`.
 * - What is overdue, and that too few people hold the right, is raised once and cleared once, as an
 *   entry, for agents whose pact asks for drills.
 */
export type Drills = {
  /** Runs a drill and resolves once it is recorded. */
  readonly run: (agent: string, by: Caller) => Promise<Served<Drill>>;
  readonly list: () => Promise<readonly DrillStanding[]>;
  /** The last drills of an agent, newest first. */
  readonly of: (agent: string) => readonly Drill[];
  readonly find: (id: string) => Drill | undefined;
  /** What waits for people, in a line each. */
  readonly attention: () => readonly string[];
};
