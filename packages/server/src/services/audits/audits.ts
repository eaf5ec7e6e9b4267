import type { AuditFigures, DrawRule, Raise, Resolved, StratumCount } from '@plumbline/core';

import type { Label } from '../../guard/people.ts';
import type { Caller } from '../../routes/caller.ts';
import type { Recorded, Served } from '../services.ts';
import type { ShownInteraction } from './shown-interaction.ts';

/** What is drawn and when, by the configuration. */
export type AuditRules = DrawRule & {
  /** How long a period lasts before it is drawn from by itself; null: only a person draws. */
  readonly everyMs: number | null;
  /** Agents whose first period begins by itself. */
  readonly agents: readonly string[];
};

/** An audit as it is shown: it tells of no single session. Times are ms UTC. */
export type ShownAudit = {
  readonly audit: string;
  readonly agent: string;
  readonly state: 'running' | 'undrawn' | 'drawn';
  readonly begunAt: number;
  readonly endedAt: number | null;
  readonly dueAt: number | null;
  readonly rate: number;
  /** What was drawn in the end, in percent, and why more than the rate; null before. */
  readonly percent: number | null;
  readonly raised: Raise | null;
  /** Why somebody asked for more. */
  readonly reason: string | null;
  readonly sessions: number;
  /** Closed once the period was full, and not drawn from. */
  readonly leftOut: number;
  readonly drawn: number;
  readonly judged: number;
  readonly erased: number;
  /** What is wrong with the draw as it stands in the ledger; null: nothing. */
  readonly complaint: string | null;
  /** The entry that drew it and the last judgements, oldest first; none before it is drawn. */
  readonly entries: readonly number[];
};

/** A drawn session that waits for a reviewer. */
export type QueuedItem = {
  readonly item: string;
  readonly audit: string;
  readonly agent: string;
  readonly drawnAt: number;
};

/** What a reviewer found of one claim. A label says what a wrong action should have been. */
export type ClaimFinding = {
  readonly claim: string;
  readonly finding: 'right' | 'wrong' | 'unsure';
  readonly label?: Label | undefined;
  readonly note?: string | undefined;
};

/** A reviewer's word on a drawn session: claim by claim, and whether it did what was asked. */
export type JudgementRequest = {
  readonly item: string;
  readonly resolved: Resolved;
  readonly claims: readonly ClaimFinding[];
  readonly note: string | null;
};

/** What an audit comes to, with what it is of. */
export type ShownFigures = AuditFigures & {
  readonly audit: string;
  readonly agent: string;
  readonly begunAt: number;
  readonly endedAt: number;
  readonly strata: readonly (AuditFigures['strata'][number] & StratumCount)[];
};

/**
 * Audits: what an agent did, drawn by lot, and judged by people who do not know what it said of it.
 *
 * Contract:
 * - `begin` commits to a seed that nobody is shown; what closes from then on is drawn from.
 * - `draw` ends the period, begins the next in the same entry, and then draws: what is drawn is
 *   settled when the period has ended, and a draw that a crash interrupts is made by the next run.
 * - `queue` lists what waits, in the order of the tickets; `show` opens one, without what the agent
 *   reported, and records a `read`.
 * - `judge` takes a person's own word once; nobody judges what they asked for, opened, voted on, or
 *   looked at before by another way: `forbidden`. Every claim must be judged: `bad-request`.
 * - `figures` is a `conflict` while anything waits, unless it is asked for as it stands: what is
 *   still to be judged could be told from what was.
 * - Drawn sessions of erased people cannot be judged: `not-found`. What was judged stays counted.
 */
export type Audits = {
  readonly begin: (agent: string, by: Caller) => Promise<Served<ShownAudit>>;
  readonly draw: (
    of: { readonly agent: string; readonly raise: string | null },
    by: Caller,
  ) => Promise<Served<ShownAudit>>;
  /** Every audit that is remembered, of an agent or of all: running ones first, then newest. */
  readonly list: (agent: string | null) => Promise<readonly ShownAudit[]>;
  readonly queue: (agent: string | null, by: Caller) => Promise<readonly QueuedItem[]>;
  readonly show: (item: string, by: Caller) => Promise<Served<ShownInteraction>>;
  readonly judge: (judgement: JudgementRequest, by: Caller) => Promise<Served<Recorded>>;
  readonly figures: (of: {
    readonly audit: string;
    readonly isPartial: boolean;
  }) => Promise<Served<ShownFigures>>;
  /** Which agent an audit or a drawn session is of; undefined for one that is not there. */
  readonly agentOf: (id: string) => Promise<string | undefined>;
  /** What waits for people. */
  readonly attention: () => readonly string[];
  /** Begins what is configured, and draws what is due; called again and again. */
  readonly tick: () => Promise<void>;
  readonly stop: () => Promise<void>;
};
