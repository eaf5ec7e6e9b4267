import type { SQLOutputValue } from 'node:sqlite';
import type {
  ActivityRow,
  DecisionRow,
  EventRow,
  Filter,
  GrantCount,
  GrantEnd,
  GrantRow,
  NameWanted,
  Page,
  SessionRow,
} from '../models.ts';
import { type List, pageLimit } from '../page.ts';
import { readActivity } from './activity-fold.ts';
import { readProgress } from './models-fold.ts';
import type { Sqlite } from './sqlite.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;
type Value = string | number;

/** A condition on a row, and the value its parameter takes, where it has one. */
type Condition = { readonly sql: string; readonly value?: Value };

const IS_UNFINISHED = "(t.outcome IS NULL AND t.verdict IN ('allow', 'modify'))";

/**
 * Which index answers which members of a filter, the most selective first. Named in the statement,
 * because SQLite keeps no statistics here and would guess.
 */
const indexes: Readonly<Record<List, readonly (readonly [readonly (keyof Filter)[], string])[]>> = {
  sessions: [
    [['session'], 'session_session'],
    [['subject'], 'session_subject'],
    [['agent'], 'session_agent'],
  ],
  decisions: [
    [['session'], 'decision_session'],
    [['agent', 'tool'], 'decision_agent_tool'],
    [['agent', 'verdict'], 'decision_agent_verdict'],
    [['tool'], 'decision_tool'],
    [['verdict'], 'decision_verdict'],
    [['agent'], 'decision_agent'],
  ],
  events: [
    [['session'], 'event_session'],
    [['subject'], 'event_subject'],
    [['agent', 'kind'], 'event_agent_kind'],
    [['kind'], 'event_kind'],
    [['agent'], 'event_agent'],
  ],
  grants: [
    [['session'], 'grant_session'],
    [['agent'], 'grant_agent'],
    [['mechanism'], 'grant_mechanism'],
  ],
};

/** Answers for lists from the rows of a database. Throws on a filter a list has no member for. */
export class ModelsQuery {
  readonly #sqlite: Sqlite;

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
  }

  sessions(filter: Filter): Page<SessionRow> {
    return this.#page('sessions', filter, sessionOf);
  }

  decisions(filter: Filter): Page<DecisionRow> {
    return this.#page('decisions', filter, decisionOf);
  }

  events(filter: Filter): Page<EventRow> {
    return this.#page('events', filter, eventOf);
  }

  grants(filter: Filter): Page<GrantRow> {
    return this.#page('grants', filter, grantOf);
  }

  grantCounts({ before: _before, limit: _limit, ...filter }: Filter): readonly GrantCount[] {
    pageLimit('grants', filter);
    const { tables, order } = sourceOf('grants', filter);
    const conditions = [...conditionsOf('grants', filter), ...this.#range(order, filter)];
    const where = conditions.map(({ sql }) => sql).join(' AND ');
    const sql = `SELECT t.mechanism AS mechanism, count(*) AS count FROM ${tables}
      ${where === '' ? '' : `WHERE ${where}`} GROUP BY t.mechanism ORDER BY t.mechanism`;
    const values = conditions.flatMap(({ value }) => value ?? []);
    return this.#sqlite
      .statement(sql)
      .all(...values)
      .map((row) => ({ mechanism: String(row['mechanism']), count: Number(row['count']) }));
  }

  activity(sinceAt: number): readonly ActivityRow[] {
    return readActivity(this.#sqlite, sinceAt);
  }

  nameLike({ what, text, agents }: NameWanted): string | undefined {
    if (agents === null) return this.#nameLike(what, text, null);
    const names = agents.flatMap((agent) => this.#nameLike(what, text, agent) ?? []);
    return names.sort()[0];
  }

  #nameLike(what: NameWanted['what'], text: string, agent: string | null): string | undefined {
    const places = {
      tool: ['decision INDEXED BY decision_tool', 'decision INDEXED BY decision_agent_tool'],
      rule: ['decision_rule INDEXED BY decision_rule_rule', 'decision_rule'],
    } as const;
    const [place, whose] =
      agent === null ? [places[what][0], ''] : [places[what][1], 'agent = ? AND'];
    const sql = `SELECT ${what} AS name FROM ${place}
      WHERE ${whose} ${what} >= ? AND ${what} < ? ORDER BY ${what} LIMIT 1`;
    // What begins with a text ends where the greatest character there is follows it.
    const values = [...(agent === null ? [] : [agent]), text, `${text}\u{10ffff}`];
    const found = this.#sqlite.statement(sql).get(...values);
    return textOf(found?.['name']) ?? undefined;
  }

  decision(id: string): DecisionRow | undefined {
    const row = this.#sqlite.statement('SELECT * FROM decision WHERE decision = ?').get(id);
    return row === undefined ? undefined : decisionOf(row);
  }

  whereDecided(ids: readonly string[]): ReadonlyMap<string, number> {
    const statement = this.#sqlite.statement('SELECT idx FROM decision WHERE decision = ?');
    const found = new Map<string, number>();
    for (const id of ids) {
      const row = statement.get(id);
      if (row !== undefined) found.set(id, Number(row['idx']));
    }
    return found;
  }

  #page<T>(list: List, filter: Filter, rowOf: (row: Row) => T): Page<T> {
    const limit = pageLimit(list, filter);
    const { nextIndex } = readProgress(this.#sqlite);
    const { tables, order } = sourceOf(list, filter);
    const conditions = [...conditionsOf(list, filter), ...this.#range(order, filter)];
    const where = conditions.map(({ sql }) => sql).join(' AND ');
    const sql = `SELECT t.* FROM ${tables} ${where === '' ? '' : `WHERE ${where}`}
      ORDER BY ${order} ${filter.after === undefined ? 'DESC' : 'ASC'} LIMIT ?`;
    const values = conditions.flatMap(({ value }) => value ?? []);
    // One row more than asked for tells whether there is a next page.
    const found = this.#sqlite.statement(sql).all(...values, limit + 1);
    const shown = found.slice(0, limit);
    const last = shown.at(-1)?.['idx'];
    const next = found.length > limit ? Number(last) : null;
    return { rows: shown.map(rowOf), next, nextIndex };
  }

  /** Times never run backwards in a log, so a span of time is a span of indexes. */
  #range(column: string, { fromAt, untilAt, before, after }: Filter): readonly Condition[] {
    const from = fromAt === undefined ? 0 : this.#firstSince(fromAt);
    const until = untilAt === undefined ? Infinity : this.#firstSince(untilAt);
    const end = Math.min(before ?? Infinity, until);
    return [
      ...(from === 0 ? [] : [{ sql: `${column} >= ?`, value: from }]),
      ...(after === undefined ? [] : [{ sql: `${column} > ?`, value: after }]),
      ...(end === Infinity ? [] : [{ sql: `${column} < ?`, value: end }]),
    ];
  }

  /** Returns the index of the first entry at a time or after, or of the one that is next. */
  #firstSince(at: number): number {
    const sql = 'SELECT idx FROM event WHERE at >= ? ORDER BY at, idx LIMIT 1';
    const row = this.#sqlite.statement(sql).get(at);
    return row === undefined ? readProgress(this.#sqlite).nextIndex : Number(row['idx']);
  }
}

/** Where rows come from, `t` among them, and the column they stand in order of. */
type Source = { readonly tables: string; readonly order: 't.idx' | 'r.idx' | 'e.idx' };

function sourceOf(list: List, filter: Filter): Source {
  // The order of a CROSS JOIN is kept: its first table is gone through, newest first.
  if (filter.rule !== undefined) {
    const index = filter.agent === undefined ? 'INDEXED BY decision_rule_rule' : '';
    const rules = `decision_rule r ${index}`;
    return { tables: `${rules} CROSS JOIN decision t ON t.idx = r.idx`, order: 'r.idx' };
  }
  if (list === 'decisions' && filter.subject !== undefined) {
    const events = 'event e INDEXED BY event_subject';
    return { tables: `${events} CROSS JOIN decision t ON t.idx = e.idx`, order: 'e.idx' };
  }
  const index = indexOf(list, filter);
  const table = `${list.slice(0, -1)} t`;
  return { tables: index === undefined ? table : `${table} INDEXED BY ${index}`, order: 't.idx' };
}

function indexOf(list: List, filter: Filter): string | undefined {
  if (filter.isUnfinished === true && filter.session === undefined) {
    return filter.agent === undefined ? 'decision_unfinished' : 'decision_agent_unfinished';
  }
  return indexes[list].find(([members]) =>
    members.every((member) => filter[member] !== undefined),
  )?.[1];
}

function conditionsOf(list: List, filter: Filter): readonly Condition[] {
  const equals = ['agent', 'session', 'kind', 'verdict', 'tool', 'mechanism'] as const;
  const conditions: Condition[] = [];
  for (const member of equals) {
    const value = filter[member];
    if (value !== undefined) conditions.push({ sql: `t.${member} = ?`, value });
  }
  const { rule, subject, isUnfinished } = filter;
  if (rule !== undefined) conditions.push({ sql: 'r.rule = ?', value: rule });
  if (rule !== undefined && filter.agent !== undefined) {
    conditions.push({ sql: 'r.agent = ?', value: filter.agent });
  }
  if (subject !== undefined) conditions.push({ sql: subjectIs(list, rule), value: subject });
  if (isUnfinished === true) conditions.push({ sql: IS_UNFINISHED });
  if (isUnfinished === false) conditions.push({ sql: `NOT ${IS_UNFINISHED}` });
  return conditions;
}

function subjectIs(list: List, rule: string | undefined): string {
  if (list !== 'decisions') return 't.subject = ?';
  // Decisions leave their subject to their event, which the index over subjects is of.
  return rule === undefined ? 'e.subject = ?' : '(SELECT subject FROM event WHERE idx = r.idx) = ?';
}

function sessionOf(row: Row): SessionRow {
  return {
    agent: String(row['agent']),
    session: String(row['session']),
    openedAt: Number(row['opened_at']),
    closedAt: numberOf(row['closed_at']),
    task: textOf(row['task']),
    openedBy: String(row['opened_by']),
    subject: textOf(row['subject']),
    decisions: Number(row['decisions']),
    refusals: Number(row['refusals']),
    lastAt: Number(row['last_at']),
  };
}

function decisionOf(row: Row): DecisionRow {
  // The fold wrote the rules as a list of texts and the verdict as one of its kinds.
  const rules = JSON.parse(String(row['rules'])) as readonly string[];
  return {
    index: Number(row['idx']),
    at: Number(row['at']),
    agent: String(row['agent']),
    session: String(row['session']),
    decision: String(row['decision']),
    pact: String(row['pact']),
    tool: textOf(row['tool']),
    // As above: it was checked when the entry was read.
    verdict: String(row['verdict']) as DecisionRow['verdict'],
    rules,
    outcome: textOf(row['outcome']),
    outcomeIndex: numberOf(row['outcome_idx']),
  };
}

function eventOf(row: Row): EventRow {
  return {
    index: Number(row['idx']),
    at: Number(row['at']),
    kind: String(row['kind']),
    agent: textOf(row['agent']),
    session: textOf(row['session']),
    subject: textOf(row['subject']),
    blob: textOf(row['blob']),
    decision: textOf(row['decision']),
    tool: textOf(row['tool']),
    // The fold wrote nothing else there.
    verdict: textOf(row['verdict']) as EventRow['verdict'],
    outcome: textOf(row['outcome']),
  };
}

function grantOf(row: Row): GrantRow {
  return {
    index: Number(row['idx']),
    at: Number(row['at']),
    agent: String(row['agent']),
    session: String(row['session']),
    claim: textOf(row['claim']),
    mechanism: String(row['mechanism']),
    isOnce: row['is_once'] === 1,
    verifiedAt: numberOf(row['verified_at']),
    expiresAt: numberOf(row['expires_at']),
    // The fold wrote nothing else there.
    end: textOf(row['ended']) as GrantEnd | null,
    endedAt: numberOf(row['ended_at']),
  };
}

function textOf(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: SQLOutputValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
