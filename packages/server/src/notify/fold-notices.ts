import { type Entry, type JsonObject, parseEntry } from '@plumbline/core';
import { isHandover } from '@plumbline/ledger';

import { EVENTS, type NoticeEvent, SEVERITIES, type Severity } from '../config/notify.ts';
import type { MessageState } from '../store/outbox.ts';
import {
  type AskedApproval,
  type NoticeMaking,
  noticeOfAsk,
  noticeOfEntry,
  ownNotice,
} from './make-notice.ts';
import { momentOf, type Notice, readKey } from './notice.ts';
import { post, type PostNeeds } from './post-office.ts';
import { readTold, TELLING } from './read-entry.ts';

/** What the fold knows beside the entries. */
export type FoldNeeds = PostNeeds & {
  /** Returns an approval that is known, by its id. */
  readonly ask: (id: string) => AskedApproval | undefined;
};

const OWN: ReadonlySet<string> = new Set(['notified', 'notifying', 'incident_word']);
// Before `kind` stand the agent's id and the time alone, so it is found within these bytes.
const HEAD_BYTES = 256;
const STEP_UP = Buffer.from('"verdict":"step_up"');

/**
 * Folds the ledger into the outbox: what is to be told, what was told already, who is told from
 * when on, and which words were promised and kept. Folding the same ledger again puts the same
 * keys in.
 */
export class NoticeFold {
  readonly #needs: FoldNeeds;
  readonly #making: NoticeMaking;

  constructor(needs: FoldNeeds) {
    this.#needs = needs;
    this.#making = { origin: needs.origin, rules: needs.rules };
  }

  nextIndex(): Promise<number> {
    return Promise.resolve(this.#needs.outbox.nextIndex());
  }

  /** Takes entries in order; those before `nextIndex` are skipped, a gap is a bug. */
  fold(from: number, entries: readonly Uint8Array[]): Promise<void> {
    const { outbox } = this.#needs;
    outbox.transaction(() => {
      const next = outbox.nextIndex();
      if (from > next) throw new Error(`bug: entry ${next} is next, not ${from}`);
      for (const [offset, bytes] of entries.entries()) {
        if (from + offset >= next && isWanted(bytes)) this.#take(bytes, from + offset);
      }
      outbox.reach(Math.max(next, from + entries.length));
    });
    return Promise.resolve();
  }

  drop(): Promise<void> {
    this.#needs.outbox.drop();
    return Promise.resolve();
  }

  #take(bytes: Uint8Array, index: number): void {
    const read = parseEntry(bytes);
    // What cannot be read is found by `plumb verify` and told by the daemon's start.
    if (!read.ok) return;
    const entry = read.value;
    switch (entry.kind) {
      case 'notified':
        return this.#settled(entry);
      case 'notifying':
        return this.#begun(entry.open, index);
      case 'incident_word':
        return this.#word(entry, index);
      case 'decided':
        return this.#asked(entry, index);
      default:
        return this.#tell(entry, index);
    }
  }

  #tell(entry: Entry, index: number): void {
    const told = readTold(entry);
    if (told === null) return;
    const { outbox } = this.#needs;
    const { at } = entry;
    const agent = told.agent ?? entry.agent;
    const [kind, id] = told.about;
    const thread = kind === 'halt-id' ? outbox.threadOf(String(id)) : undefined;
    const notice = noticeOfEntry(this.#making, told, { index, at, agent, thread });
    // A halt of all agents stands in each one's chain too, under one id.
    if (told.once !== undefined) outbox.keepThread(told.once, notice.thread);
    this.#promise(notice, index);
    post(this.#needs, notice);
  }

  /** A word is promised of what somebody was told from this entry on. */
  #promise({ id, thread, title, severity, agent, at, nextWordAt }: Notice, index: number): void {
    const { outbox } = this.#needs;
    const isTold = outbox.channels().some(({ sinceIndex }) => index >= sinceIndex);
    if (nextWordAt === null || !isTold) return;
    outbox.promise({ notice: id, thread, title, severity, agent, at, dueAt: nextWordAt });
  }

  #asked({ open, at }: Entry, index: number): void {
    const ask = this.#needs.ask(`apr_${textIn(open['decision']).replace(/^dec_/, '')}`);
    if (ask === undefined) return;
    const of = { event: 'approval-asked', at, index, state: 'pending' } as const;
    post(this.#needs, noticeOfAsk(this.#making, ask, of));
  }

  #begun({ channels }: JsonObject, index: number): void {
    const { outbox } = this.#needs;
    const names = Array.isArray(channels) ? channels.map(String) : [];
    for (const { name } of outbox.channels()) if (!names.includes(name)) outbox.removeChannel(name);
    for (const name of names) {
      if (outbox.channel(name) !== undefined) continue;
      outbox.putChannel({ name, sinceIndex: index, failures: 0, dueAt: 0, heldUntil: 0 });
    }
  }

  #settled({ at, open }: Entry): void {
    const { outbox, clock } = this.#needs;
    const { key, channel, thread, event, severity, result, parts = [], left = [] } = open;
    if (typeof key !== 'string') return;
    if (result === 'retried') {
      outbox.revive(key, clock());
      return;
    }
    const rank = Math.max(0, SEVERITIES.indexOf(severityIn(severity)));
    const about = { channel: textIn(channel), thread: textIn(thread), rank, at };
    // What was left of it for a recipient says the same as the whole.
    const notice = outbox.row(readKey(key).whole)?.notice ?? '{}';
    const ended = { ...about, event: eventOf(event), notice };
    outbox.noted(key, { ...ended, key, state: stateOf(result) });
    for (const each of Array.isArray(left) ? left.map(String) : []) {
      outbox.put({ ...ended, key: each }, clock());
    }
    // What a digest counted was told with it.
    for (const part of Array.isArray(parts) ? parts.map(String) : []) {
      outbox.noted(part, { ...ended, key: part, state: 'folded' });
    }
  }

  #word({ at, open }: Entry, index: number): void {
    const { outbox } = this.#needs;
    const { notice: of, text, nextAtMs } = open;
    const promised = outbox.promises().find(({ notice }) => notice === of);
    if (promised === undefined) return;
    const nextWordAt = typeof nextAtMs === 'number' ? nextAtMs : null;
    outbox.keepPromise({ notice: promised.notice }, at);
    if (nextWordAt !== null) outbox.promise({ ...promised, dueAt: nextWordAt });
    const word = ownNotice(this.#making, {
      event: 'word',
      severity: severityIn(promised.severity),
      phase: 'updates',
      at,
      agent: promised.agent,
      index,
      thread: promised.thread,
      title: textIn(text),
      facts: [
        ['on', promised.title],
        ['incident', promised.notice],
        ...(nextWordAt === null ? [] : [['next word by', momentOf(nextWordAt)] as const]),
      ],
      nextWordAt,
      once: `${index}`,
    });
    post(this.#needs, word);
  }
}

/** Most entries are decisions, of which those alone matter that ask people. */
function isWanted(bytes: Uint8Array): boolean {
  if (isHandover(bytes)) return false;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const kind = /"kind":"([a-z_]+)"/.exec(text.toString('latin1', 0, HEAD_BYTES))?.[1] ?? '';
  if (kind === 'decided') return text.includes(STEP_UP);
  return OWN.has(kind) || TELLING.has(kind);
}

function severityIn(text: unknown): Severity {
  return text === 'critical' || text === 'high' || text === 'medium' ? text : 'low';
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function eventOf(value: unknown): NoticeEvent {
  return EVENTS.find((event) => event === value) ?? 'test';
}

function stateOf(value: unknown): MessageState {
  return value === 'dead' || value === 'folded' ? value : 'delivered';
}
