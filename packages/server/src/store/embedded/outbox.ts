import { rmSync } from 'node:fs';
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';

import type {
  ChannelRow,
  MessageEnd,
  MessageState,
  Outbox,
  OutboxCount,
  OutboxMessage,
  OutboxRow,
  PromisedWord,
} from '../outbox.ts';
import { OUTBOX_SCHEMA } from './outbox-schema.ts';
import { Sqlite } from './sqlite.ts';
import { StoreError } from './sqlite-error.ts';

const CACHE_KIB = 4_096;
const JOURNAL_PAGES = 4_096;
const WAIT_MS = 2_000;
const MOST_THREADS = 10_000;
const MOST_PROMISES = 1_000;

/**
 * Opens an outbox, made when there is none, and made anew when its file is damaged: what it held
 * is folded from the ledger again. Errors: `StoreError`.
 */
export function openOutbox(file: string): Outbox {
  try {
    return new EmbeddedOutbox(open(file));
  } catch (error) {
    const isLost = error instanceof StoreError && ['damaged', 'foreign'].includes(error.fault);
    if (!isLost) throw error;
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    return new EmbeddedOutbox(open(file));
  }
}

function open(file: string): Sqlite {
  return Sqlite.open({
    file,
    mode: 'write',
    schema: OUTBOX_SCHEMA,
    isDurable: false,
    isSecret: false,
    isChecked: true,
    cacheKib: CACHE_KIB,
    journalPages: JOURNAL_PAGES,
    maxPages: null,
    waitMs: WAIT_MS,
  });
}

type Row = Record<string, SQLOutputValue>;

class EmbeddedOutbox implements Outbox {
  readonly #sqlite: Sqlite;
  #depth = 0;

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
  }

  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.#depth += 1;
    try {
      return this.#sqlite.transaction(work);
    } finally {
      this.#depth -= 1;
    }
  }

  nextIndex(): number {
    return Number(this.#get('SELECT next_index FROM progress')?.['next_index'] ?? 0);
  }

  reach(index: number): void {
    this.#run('UPDATE progress SET next_index = ?', index);
  }

  put(message: OutboxMessage, now: number): boolean {
    const { key, channel, thread, rank, at, event, notice } = message;
    const isOpen = message.isOpen === true ? 1 : 0;
    const sql = `INSERT INTO message
      (key, channel, thread, rank, at, event, notice, is_open, state, put_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?) ON CONFLICT (key) DO NOTHING`;
    return this.#run(sql, key, channel, thread, rank, at, event, notice, isOpen, now) === 1;
  }

  next(channel: string, now: number): OutboxRow | undefined {
    const sql = `SELECT * FROM message WHERE channel = ? AND state = 'waiting' AND aside_until <= ?
      ORDER BY rank, at, number LIMIT 1`;
    return this.#one(sql, channel, now);
  }

  begin(key: string, now: number): void {
    const sql = `UPDATE message SET attempts = attempts + 1, tried_at = coalesce(tried_at, ?)
      WHERE key = ?`;
    this.#run(sql, now, key);
  }

  end(key: string, { state, at, fault, reference }: MessageEnd): void {
    const endedAt = state === 'waiting' ? null : at;
    const sql = `UPDATE message SET state = ?, ended_at = ?, fault = ?,
      reference = coalesce(?, reference) WHERE key = ? AND state = 'waiting'`;
    this.#run(sql, state, endedAt, fault, reference, key);
  }

  setAside(of: { key: string } | { channel: string }, until: number | null): void {
    const [column, value] = 'key' in of ? ['key', of.key] : ['channel', of.channel];
    const sql = `UPDATE message SET aside_until = ? WHERE ${column} = ? AND state = 'waiting'`;
    this.#run(sql, until ?? 0, value);
  }

  noted(key: string, as?: OutboxMessage & { state: MessageState; at: number }): void {
    this.transaction(() => {
      if (as?.state === 'delivered' && this.row(key)?.state !== 'delivered') {
        // The ledger knows more than this file, so what services call the thread is of before.
        const stale = 'UPDATE message SET reference = NULL WHERE thread = ? AND channel = ?';
        this.#run(stale, as.thread, as.channel);
      }
      if (as !== undefined) this.put(as, as.at);
      // What the ledger says has ended is not tried again, whatever this file remembers of it.
      const sql = `UPDATE message SET is_noted = 1, state = coalesce(?, state),
        ended_at = coalesce(ended_at, ?) WHERE key = ?`;
      this.#run(sql, as?.state ?? null, as?.at ?? null, key);
    });
  }

  unnoted(limit: number): readonly OutboxRow[] {
    const sql = `SELECT * FROM message WHERE is_noted = 0 AND state IN ('delivered', 'dead')
      ORDER BY number LIMIT ?`;
    return this.#all(sql, limit).map(rowOf);
  }

  revive(key: string | null, now: number): number {
    const sql = `UPDATE message SET state = 'waiting', is_noted = 0, ended_at = NULL,
      aside_until = 0, put_at = ?, tried_at = NULL WHERE state = 'dead' AND key = coalesce(?, key)`;
    return this.#run(sql, now, key);
  }

  row(key: string): OutboxRow | undefined {
    return this.#one('SELECT * FROM message WHERE key = ?', key);
  }

  rows({ state, channel, limit }: Parameters<Outbox['rows']>[0]): readonly OutboxRow[] {
    const order = state === 'waiting' ? 'rank, at, number' : 'number DESC';
    const sql = `SELECT * FROM message WHERE state = coalesce(?, state)
      AND channel = coalesce(?, channel) ORDER BY ${order} LIMIT ?`;
    return this.#all(sql, state ?? null, channel ?? null, limit).map(rowOf);
  }

  counts(): readonly OutboxCount[] {
    const sql = 'SELECT channel, state, count(*) AS count FROM message GROUP BY channel, state';
    return this.#all(sql).map(({ channel, state, count }) => ({
      channel: String(channel),
      state: stateOf(state),
      count: Number(count),
    }));
  }

  foldable(channel: string, limit: number): readonly OutboxRow[] {
    const sql = `SELECT * FROM message WHERE channel = ?1 AND state = 'waiting' AND attempts = 0
      AND rank = (SELECT max(rank) FROM message
        WHERE channel = ?1 AND state = 'waiting' AND attempts = 0)
      ORDER BY at, number LIMIT ?2`;
    return this.#all(sql, channel, limit).map(rowOf);
  }

  fold(keys: readonly string[], into: string, now: number): void {
    const sql = `UPDATE message SET state = 'folded', ended_at = ?, folded_into = ?
      WHERE key = ? AND state = 'waiting'`;
    this.transaction(() => {
      for (const key of keys) this.#run(sql, now, into, key);
    });
  }

  parts(key: string): readonly OutboxRow[] {
    const sql = 'SELECT * FROM message WHERE folded_into = ? ORDER BY number';
    return this.#all(sql, key).map(rowOf);
  }

  left(key: string): readonly string[] {
    // Those that begin with this one and a `~`, which the character 127 follows.
    const sql = `SELECT key FROM message WHERE key > ?1 || '~' AND key < ?1 || char(127)
      ORDER BY key`;
    return this.#all(sql, key).map((row) => String(row['key']));
  }

  thread(thread: string): readonly { channel: string; rank: number }[] {
    const sql = `SELECT channel, min(rank) AS rank FROM message WHERE thread = ? GROUP BY channel`;
    return this.#all(sql, thread).map(({ channel, rank }) => ({
      channel: String(channel),
      rank: Number(rank),
    }));
  }

  reference(channel: string, thread: string): string | null {
    const sql = `SELECT reference FROM message WHERE thread = ? AND channel = ?
      AND reference IS NOT NULL ORDER BY number DESC LIMIT 1`;
    return textOrNull(this.#get(sql, thread, channel)?.['reference']);
  }

  endThread(thread: string): void {
    this.#run('UPDATE message SET is_open = 0 WHERE thread = ?', thread);
  }

  keepThread(id: string, thread: string): void {
    const number = 'coalesce((SELECT max(number) FROM thread), 0) + 1';
    const sql = `INSERT INTO thread (id, thread, number) VALUES (?, ?, ${number})
      ON CONFLICT (id) DO NOTHING`;
    this.#run(sql, id, thread);
    const old = 'DELETE FROM thread WHERE number <= (SELECT max(number) FROM thread) - ?';
    this.#run(old, MOST_THREADS);
  }

  threadOf(id: string): string | undefined {
    const row = this.#get('SELECT thread FROM thread WHERE id = ?', id);
    return textOrNull(row?.['thread']) ?? undefined;
  }

  channel(name: string): ChannelRow | undefined {
    return this.channels().find((row) => row.name === name);
  }

  channels(): readonly ChannelRow[] {
    return this.#all('SELECT * FROM channel ORDER BY name').map((row) => ({
      name: String(row['name']),
      sinceIndex: Number(row['since_index']),
      failures: Number(row['failures']),
      dueAt: Number(row['due_at']),
      heldUntil: Number(row['held_until']),
    }));
  }

  putChannel({ name, sinceIndex, failures, dueAt, heldUntil }: ChannelRow): void {
    const sql = `INSERT OR REPLACE INTO channel (name, since_index, failures, due_at, held_until)
      VALUES (?, ?, ?, ?, ?)`;
    this.#run(sql, name, sinceIndex, failures, dueAt, heldUntil);
  }

  removeChannel(name: string): void {
    this.#run('DELETE FROM channel WHERE name = ?', name);
  }

  promise(word: Omit<PromisedWord, 'keptAt' | 'isLate'>): void {
    const { notice, thread, title, severity, agent, at, dueAt } = word;
    const sql = `INSERT INTO promise (notice, thread, title, severity, agent, at, due_at)
      VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (notice) DO UPDATE
      SET due_at = excluded.due_at, is_late = 0, kept_at = NULL WHERE excluded.due_at > due_at`;
    this.#run(sql, notice, thread, title, severity, agent, at, dueAt);
    const old = `DELETE FROM promise WHERE kept_at IS NOT NULL AND notice NOT IN
      (SELECT notice FROM promise ORDER BY at DESC LIMIT ?)`;
    this.#run(old, MOST_PROMISES);
  }

  promises(): readonly PromisedWord[] {
    const sql = 'SELECT * FROM promise ORDER BY kept_at IS NOT NULL, due_at LIMIT ?';
    return this.#all(sql, MOST_PROMISES).map((row) => ({
      notice: String(row['notice']),
      thread: String(row['thread']),
      title: String(row['title']),
      severity: String(row['severity']),
      agent: textOrNull(row['agent']),
      at: Number(row['at']),
      dueAt: Number(row['due_at']),
      keptAt: numberOrNull(row['kept_at']),
      isLate: row['is_late'] === 1,
    }));
  }

  keepPromise(of: { notice: string } | { thread: string }, at: number): void {
    const [column, value] = 'notice' in of ? ['notice', of.notice] : ['thread', of.thread];
    this.#run(`UPDATE promise SET kept_at = ? WHERE ${column} = ? AND kept_at IS NULL`, at, value);
  }

  noteLate(notice: string): void {
    this.#run('UPDATE promise SET is_late = 1 WHERE notice = ?', notice);
  }

  forget(before: number, most: number): void {
    const last = `SELECT number FROM message WHERE ended_at IS NOT NULL
      ORDER BY number DESC LIMIT 1 OFFSET ?`;
    const sql = `DELETE FROM message WHERE ended_at IS NOT NULL AND is_noted = 1
      AND ((ended_at < ? AND is_open = 0) OR number <= coalesce((${last}), 0))`;
    this.#run(sql, before, most);
  }

  drop(): void {
    this.transaction(() => {
      for (const table of ['message', 'channel', 'thread', 'promise']) {
        this.#run(`DELETE FROM ${table}`);
      }
      this.reach(0);
    });
  }

  close(): void {
    this.#sqlite.close();
  }

  #get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#sqlite.attempt(() => this.#sqlite.statement(sql).get(...values));
  }

  #all(sql: string, ...values: SQLInputValue[]): readonly Row[] {
    return this.#sqlite.attempt(() => this.#sqlite.statement(sql).all(...values));
  }

  #one(sql: string, ...values: SQLInputValue[]): OutboxRow | undefined {
    const row = this.#get(sql, ...values);
    return row === undefined ? undefined : rowOf(row);
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#sqlite.attempt(() => this.#sqlite.statement(sql).run(...values)).changes);
  }
}

function rowOf(row: Row): OutboxRow {
  return {
    number: Number(row['number']),
    key: String(row['key']),
    channel: String(row['channel']),
    thread: String(row['thread']),
    rank: Number(row['rank']),
    at: Number(row['at']),
    event: String(row['event']),
    notice: String(row['notice']),
    state: stateOf(row['state']),
    attempts: Number(row['attempts']),
    putAt: Number(row['put_at']),
    triedAt: numberOrNull(row['tried_at']),
    endedAt: numberOrNull(row['ended_at']),
    fault: textOrNull(row['fault']),
    reference: textOrNull(row['reference']),
    isNoted: row['is_noted'] === 1,
  };
}

function stateOf(value: SQLOutputValue | undefined): MessageState {
  // The table holds nothing but these four, by its own check.
  return String(value) as MessageState;
}

function textOrNull(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOrNull(value: SQLOutputValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
