import type { SQLOutputValue } from 'node:sqlite';
import type { EventRow } from '../models.ts';
import { readEntry, type ReadEntry } from '../read-entry.ts';
import { eventRow } from '../event-row.ts';
import { ActivityFold } from './activity-fold.ts';
import { GrantFold } from './grant-fold.ts';
import type { Sqlite } from './sqlite.ts';

/** How far the rows go: the index of the entry that is next, and the time of the one before. */
export type Progress = { readonly nextIndex: number; readonly lastAt: number };

/** Reads how far the rows of a database go. */
export function readProgress(sqlite: Sqlite): Progress {
  const sql = 'SELECT next_index, last_at FROM progress';
  const row: Readonly<Record<string, SQLOutputValue>> | undefined = sqlite.statement(sql).get();
  return { nextIndex: Number(row?.['next_index']), lastAt: Number(row?.['last_at']) };
}

/**
 * Writes the rows of entries, the first of which is the one that is next. Belongs into a
 * transaction. Returns how far the rows go then.
 */
export function foldEntries(
  sqlite: Sqlite,
  { nextIndex, lastAt }: Progress,
  entries: readonly Uint8Array[],
): Progress {
  const fold = new Fold(sqlite, lastAt);
  for (const [offset, bytes] of entries.entries()) fold.add(nextIndex + offset, readEntry(bytes));
  fold.finish();
  const progress = { nextIndex: nextIndex + entries.length, lastAt: fold.lastAt };
  sqlite
    .statement('UPDATE progress SET next_index = ?, last_at = ?')
    .run(progress.nextIndex, progress.lastAt);
  return progress;
}

/** An entry with its place, its time settled. */
type Placed = ReadEntry & { readonly index: number; readonly at: number };

/** What a batch adds to one session, written once at its end. */
type Tally = {
  readonly agent: string;
  readonly session: string;
  decisions: number;
  refusals: number;
  lastAt: number;
  closedAt: number | null;
};

class Fold {
  lastAt: number;
  readonly #sqlite: Sqlite;
  readonly #grants: GrantFold;
  readonly #activity: ActivityFold;
  readonly #tallies: Map<string, Tally> = new Map();

  constructor(sqlite: Sqlite, lastAt: number) {
    this.#sqlite = sqlite;
    this.#grants = new GrantFold(sqlite);
    this.#activity = new ActivityFold(sqlite);
    this.lastAt = lastAt;
  }

  add(index: number, read: ReadEntry): void {
    this.lastAt = read.at ?? this.lastAt;
    const entry: Placed = { ...read, index, at: this.lastAt };
    const { at, kind, agent, session, subject, blob, ...rest } = eventRow(read, entry);
    this.#sqlite
      .statement('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(index, at, kind, agent, session, subject, blob, ...decidedIn(rest));
    this.#activity.add(entry);
    if (agent !== null && session !== null) this.#addToSession(entry, agent, session);
    this.#grants.add(entry);
  }

  finish(): void {
    this.#activity.finish();
    const update = this.#sqlite.statement(
      `UPDATE session SET decisions = decisions + ?, refusals = refusals + ?, last_at = ?,
        closed_at = coalesce(closed_at, ?) WHERE session = ? AND agent = ?`,
    );
    for (const tally of this.#tallies.values()) {
      const { decisions, refusals, lastAt, closedAt, session, agent } = tally;
      update.run(decisions, refusals, lastAt, closedAt, session, agent);
    }
  }

  #addToSession(entry: Placed, agent: string, session: string): void {
    const { change } = entry;
    // What stood in the chain before it was opened counts for nothing, whichever batch it came in.
    if (change?.kind === 'opened' && this.#open(entry, change)) {
      this.#tallies.delete(keyOf(agent, session));
    }
    const tally = this.#tallyOf(agent, session);
    tally.lastAt = entry.at;
    if (change?.kind === 'closed') tally.closedAt ??= entry.at;
    if (change?.kind === 'outcome') this.#report(entry, change);
    if (change?.kind !== 'decided' || !this.#decide(entry, change)) return;
    tally.decisions += 1;
    tally.refusals += change.verdict === 'deny' ? 1 : 0;
  }

  #tallyOf(agent: string, session: string): Tally {
    const key = keyOf(agent, session);
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    const tally = { agent, session, decisions: 0, refusals: 0, lastAt: 0, closedAt: null };
    this.#tallies.set(key, tally);
    return tally;
  }

  // A verifier faults a log that opens a session, decides or reports twice; here the first stands.
  #open(
    { index, at, agent, session, subject }: Placed,
    { task, openedBy, roomMark }: Extract<ReadEntry['change'], { readonly kind: 'opened' }>,
  ): boolean {
    const { changes } = this.#sqlite
      .statement(
        `INSERT OR IGNORE INTO session (idx, opened_at, agent, session, closed_at, task, opened_by,
          subject, decisions, refusals, last_at, room_mark)
          VALUES (?, ?, ?, ?, NULL, ?, ?, ?, 0, 0, ?, ?)`,
      )
      .run(index, at, agent, session, task, openedBy, subject, at, roomMark);
    return Number(changes) > 0;
  }

  /** Returns whether the decision was not there yet. */
  #decide(
    { index, at, agent, session }: Placed,
    change: Extract<ReadEntry['change'], { readonly kind: 'decided' }>,
  ): boolean {
    const { decision, pact, tool, verdict, rules } = change;
    const { changes } = this.#sqlite
      .statement(
        `INSERT OR IGNORE INTO decision (idx, at, agent, session, decision, pact, tool, verdict,
          rules, outcome, outcome_idx) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)`,
      )
      .run(index, at, agent, session, decision, pact, tool, verdict, JSON.stringify(rules));
    if (Number(changes) === 0) return false;
    this.#activity.decided(agent ?? '', at, verdict);
    const insert = this.#sqlite.statement('INSERT INTO decision_rule VALUES (?, ?, ?)');
    for (const rule of rules) insert.run(agent, rule, index);
    return true;
  }

  #report(
    { index, agent, session }: Placed,
    { decision, status }: Extract<ReadEntry['change'], { readonly kind: 'outcome' }>,
  ): void {
    this.#sqlite
      .statement(
        `UPDATE decision SET outcome = ?, outcome_idx = ?
          WHERE decision = ? AND session = ? AND agent = ? AND outcome IS NULL`,
      )
      .run(status, index, decision, session, agent);
  }
}

function decidedIn({
  decision,
  tool,
  verdict,
  outcome,
}: Pick<EventRow, 'decision' | 'tool' | 'verdict' | 'outcome'>): readonly (string | null)[] {
  return [decision, tool, verdict, outcome];
}

function keyOf(agent: string, session: string): string {
  return JSON.stringify([agent, session]);
}
