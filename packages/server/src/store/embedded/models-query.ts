import type { SQLOutputValue } from 'node:sqlite';
import type { DecisionRow, EventRow, Filter, Page, SessionRow } from '../models.ts';
import { type List, pageLimit } from '../page.ts';
import { readProgress } from './models-fold.ts';
import type { Sqlite } from './sqlite.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;
type Value = string | number;

/** A condition on a row, and the value its parameter takes, where it has one. */
type Condition = { readonly sql: string; readonly value?: Value };

const IS_UNFINISHED = "(outcome IS NULL AND verdict IN ('allow', 'modify'))";

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
    [['subject'], 'decision_subject'],
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

  decision(id: string): DecisionRow | undefined {
    const row = this.#sqlite.statement('SELECT * FROM decision WHERE decision = ?').get(id);
    return row === undefined ? undefined : decisionOf(row);
  }

  #page<T>(list: List, filter: Filter, rowOf: (row: Row) => T): Page<T> {
    const limit = pageLimit(list, filter);
    const { nextIndex } = readProgress(this.#sqlite);
    const conditions = [...conditionsOf(filter), ...this.#range(list, filter)];
    const where = conditions.map(({ sql }) => sql).join(' AND ');
    const sql = `SELECT t.* FROM ${tableOf(list, filter)} ${where === '' ? '' : `WHERE ${where}`}
      ORDER BY ${filter.rule === undefined ? 't' : 'r'}.idx DESC LIMIT ?`;
    const values = conditions.flatMap(({ value }) => value ?? []);
    // One row more than asked for tells whether there is a next page.
    const found = this.#sqlite.statement(sql).all(...values, limit + 1);
    const shown = found.slice(0, limit);
    const last = shown.at(-1)?.['idx'];
    const next = found.length > limit ? Number(last) : null;
    return { rows: shown.map(rowOf), next, nextIndex };
  }

  /** Times never run backwards in a log, so a span of time is a span of indexes. */
  #range(list: List, { fromAt, untilAt, before, rule }: Filter): readonly Condition[] {
    const column = list === 'decisions' && rule !== undefined ? 'r.idx' : 't.idx';
    const from = fromAt === undefined ? 0 : this.#firstSince(fromAt);
    const until = untilAt === undefined ? undefined : this.#firstSince(untilAt);
    const end = Math.min(before ?? Infinity, until ?? Infinity);
    return [
      ...(from === 0 ? [] : [{ sql: `${column} >= ?`, value: from }]),
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

function tableOf(list: List, filter: Filter): string {
  const table = list.slice(0, -1);
  // The order of a CROSS JOIN is kept: the rule's entries first, newest first.
  if (filter.rule !== undefined) return `decision_rule r CROSS JOIN decision t ON t.idx = r.idx`;
  const chosen = indexes[list].find(([members]) =>
    members.every((member) => filter[member] !== undefined),
  );
  if (
    filter.isUnfinished === true &&
    filter.session === undefined &&
    filter.subject === undefined
  ) {
    return `${table} t INDEXED BY decision_unfinished`;
  }
  return chosen === undefined ? `${table} t` : `${table} t INDEXED BY ${chosen[1]}`;
}

function conditionsOf(filter: Filter): readonly Condition[] {
  const equals = ['agent', 'session', 'kind', 'verdict', 'tool', 'subject'] as const;
  const conditions: Condition[] = [];
  for (const member of equals) {
    const value = filter[member];
    if (value !== undefined) conditions.push({ sql: `t.${member} = ?`, value });
  }
  if (filter.rule !== undefined) conditions.push({ sql: 'r.rule = ?', value: filter.rule });
  const { isUnfinished } = filter;
  if (isUnfinished === true) conditions.push({ sql: IS_UNFINISHED });
  if (isUnfinished === false) conditions.push({ sql: `NOT ${IS_UNFINISHED}` });
  return conditions;
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
  };
}

function textOf(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: SQLOutputValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
