import type { ActivityRow } from '../models.ts';
import type { ReadEntry } from '../read-entry.ts';
import type { Sqlite } from './sqlite.ts';

type Placed = ReadEntry & { readonly index: number; readonly at: number };

const MINUTE_MS = 60_000;

/** What a batch adds to one minute of an agent. */
type Minute = {
  readonly agent: string;
  readonly minute: number;
  decisions: number;
  refusals: number;
};

/** Returns the minute a time is in. */
export function minuteOf(at: number): number {
  return Math.floor(at / MINUTE_MS);
}

/** Counts what agents do by the minute, and when each was last seen; written once a batch. */
export class ActivityFold {
  readonly #sqlite: Sqlite;
  readonly #minutes = new Map<string, Minute>();
  readonly #seen = new Map<string, { readonly at: number; readonly index: number }>();

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
  }

  add({ agent, at, index }: Placed): void {
    if (agent !== null) this.#seen.set(agent, { at, index });
  }

  /** Counts a decision that was not there before. */
  decided(agent: string, at: number, verdict: string): void {
    const minute = minuteOf(at);
    const key = `${minute} ${agent}`;
    const tally = this.#minutes.get(key) ?? { agent, minute, decisions: 0, refusals: 0 };
    tally.decisions += 1;
    tally.refusals += verdict === 'deny' ? 1 : 0;
    this.#minutes.set(key, tally);
  }

  finish(): void {
    const count = this.#sqlite.statement(
      `INSERT INTO activity VALUES (?, ?, ?, ?) ON CONFLICT (minute, agent) DO UPDATE
        SET decisions = decisions + excluded.decisions, refusals = refusals + excluded.refusals`,
    );
    for (const { minute, agent, decisions, refusals } of this.#minutes.values()) {
      count.run(minute, agent, decisions, refusals);
    }
    const see = this.#sqlite.statement('INSERT OR REPLACE INTO seen VALUES (?, ?, ?)');
    for (const [agent, { at, index }] of this.#seen) see.run(agent, at, index);
  }
}

/** Returns what agents did since the minute of a time, by their names. */
export function readActivity(sqlite: Sqlite, sinceAt: number): readonly ActivityRow[] {
  const sql = `SELECT s.agent AS agent, s.last_at AS last_at, s.last_idx AS last_idx,
      coalesce(a.decisions, 0) AS decisions, coalesce(a.refusals, 0) AS refusals
    FROM seen s LEFT JOIN (SELECT agent, sum(decisions) AS decisions, sum(refusals) AS refusals
      FROM activity WHERE minute >= ? GROUP BY agent) a ON a.agent = s.agent ORDER BY s.agent`;
  return sqlite
    .statement(sql)
    .all(minuteOf(sinceAt))
    .map((row) => ({
      agent: String(row['agent']),
      lastAt: Number(row['last_at']),
      lastIndex: Number(row['last_idx']),
      decisions: Number(row['decisions']),
      refusals: Number(row['refusals']),
    }));
}
