import type { DrillRule, Json, JsonObject } from '@plumbline/core';

import type { Drill, DrillAlert, DrillEnd } from './drill.ts';

/** What is known of one agent's drills. */
export type DrillBookRow = {
  /** As last written down; null: on no schedule. */
  readonly rule: DrillRule | null;
  /** Since when drills are on a schedule; null while they are not. */
  readonly since: number | null;
  /** Oldest first. */
  readonly drills: readonly Drill[];
  readonly lastPassedAt: number | null;
  /** How many in a row did not pass since. */
  readonly failures: number;
  /** What was raised and is not cleared, with the entry that says so. */
  readonly alerts: ReadonlyMap<DrillAlert, number>;
  /** Where the schedule stands, and the end of the last drill; null: nowhere yet. */
  readonly ruleIndex: number | null;
  readonly lastIndex: number | null;
};

/** The kinds of entries the book is folded from. */
export const DRILL_KINDS = [
  'drill_scheduled',
  'drill_started',
  'drill_done',
  'drill_alert',
] as const;

/** One of them. */
export type DrillKind = (typeof DRILL_KINDS)[number];

/** What the book reads of an entry. */
export type DrillEntry = {
  readonly kind: string;
  readonly agent: string | null;
  readonly at: number;
  readonly open: JsonObject;
  readonly index: number;
};

const MOST_DRILLS = 100;

const NOTHING: DrillBookRow = {
  rule: null,
  since: null,
  drills: [],
  lastPassedAt: null,
  failures: 0,
  alerts: new Map(),
  ruleIndex: null,
  lastIndex: null,
};

/** The schedules, the last drills and the open alerts of every agent, folded from the ledger. */
export class DrillBook {
  readonly #rows = new Map<string, DrillBookRow>();

  /** Takes the next entry of the ledger; entries of other kinds say nothing here. */
  fold({ kind, agent, at, open, index }: DrillEntry): void {
    if (agent === null || !DRILL_KINDS.some((known) => known === kind)) return;
    const row = this.row(agent);
    // The shape of each kind was checked when its entry was read.
    const next = NEXT[kind as DrillKind](row, { agent, at, open, index });
    this.#rows.set(agent, next);
  }

  row(agent: string): DrillBookRow {
    return this.#rows.get(agent) ?? NOTHING;
  }

  /** Returns a drill that is remembered: the last hundred of each agent are. */
  find(id: string): Drill | undefined {
    for (const { drills } of this.#rows.values()) {
      const found = drills.find((drill) => drill.id === id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Returns what was begun and has no end, oldest first. */
  running(): readonly Drill[] {
    return [...this.#rows.values()].flatMap(({ drills }) => {
      return drills.filter(({ state }) => state === 'running');
    });
  }
}

type Said = Omit<DrillEntry, 'kind' | 'agent'> & { readonly agent: string };

const NEXT: Readonly<Record<DrillKind, (row: DrillBookRow, said: Said) => DrillBookRow>> = {
  drill_scheduled: (row, { at, open, index }) => {
    const { everyMs, holders } = open;
    if (typeof everyMs !== 'number') return { ...row, rule: null, since: null, ruleIndex: index };
    const rule = { everyMs, holders: Number(holders) };
    return { ...row, rule, since: row.since ?? at, ruleIndex: index };
  },
  drill_started: (row, { agent, at, open }) => {
    const begun: Drill = { ...NO_END, ...begunOf(open), agent, startedAt: at };
    return { ...row, drills: [...row.drills, begun].slice(-MOST_DRILLS) };
  },
  drill_done: (row, { at, open, index }) => {
    const { drill, ...rest } = open;
    // What was recorded is an end, as its shape says.
    const end = rest as unknown as DrillEnd;
    const drills = row.drills.map((each) => {
      return each.id === drill ? { ...each, ...end, endedAt: at } : each;
    });
    const hasPassed = end.state === 'passed';
    const failures = hasPassed ? 0 : row.failures + 1;
    const lastPassedAt = hasPassed ? at : row.lastPassedAt;
    return { ...row, drills, failures, lastPassedAt, lastIndex: index };
  },
  drill_alert: (row, { open, index }) => {
    const what: DrillAlert = open['what'] === 'holders' ? 'holders' : 'overdue';
    const alerts = new Map(row.alerts);
    if (open['state'] === 'raised') alerts.set(what, index);
    else alerts.delete(what);
    return { ...row, alerts };
  },
};

const NO_END = {
  state: 'running',
  why: null,
  session: null,
  halt: null,
  times: null,
  forwarded: 0,
  refused: 0,
  practised: [],
  holders: 0,
  needed: 0,
  endedAt: null,
} as const;

function begunOf({ drill, cause, by, boundMs }: JsonObject): {
  readonly id: string;
  readonly cause: Drill['cause'];
  readonly by: string;
  readonly boundMs: number;
} {
  const why = cause === 'scheduled' ? 'scheduled' : 'asked';
  return { id: textOf(drill), cause: why, by: textOf(by), boundMs: Number(boundMs) };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
