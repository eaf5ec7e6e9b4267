import { eventRow } from '../src/store/event-row.ts';
import type {
  ActivityRow,
  DecisionRow,
  EventRow,
  Filter,
  GrantCount,
  GrantEnd,
  GrantRow,
  Models,
  NameWanted,
  OpeningRow,
  Page,
  RoomFilter,
  SessionRow,
} from '../src/store/models.ts';
import { type List, pageLimit } from '../src/store/page.ts';
import { roomKeyOf } from '../src/store/room-key-of.ts';
import { readEntry, type ReadEntry } from '../src/store/read-entry.ts';

/** A row with everything lists can be narrowed by. */
type Kept<Row> = { readonly index: number; readonly at: number; row: Row } & {
  readonly subject: string | null;
};

type Entry = ReadEntry & { readonly index: number; readonly at: number };

/**
 * Read models in memory, written for clarity: every answer goes through every row. The oracle other
 * implementations are compared with.
 */
export class MemoryModels implements Models {
  #next = 0;
  #lastAt = 0;
  #sessions: Kept<SessionRow>[] = [];
  #decisions: Kept<DecisionRow>[] = [];
  #events: Kept<EventRow>[] = [];
  #grants: Kept<GrantRow>[] = [];
  #rooms: Map<number, string | null> = new Map();

  async nextIndex(): Promise<number> {
    return this.#next;
  }

  async fold(from: number, entries: readonly Uint8Array[]): Promise<void> {
    if (from > this.#next) throw new Error(`bug: entry ${this.#next} is next, not ${from}`);
    for (const bytes of entries.slice(this.#next - from)) this.#add(readEntry(bytes));
  }

  async sessions(filter: Filter): Promise<Page<SessionRow>> {
    return this.#page('sessions', this.#sessions, filter);
  }

  async decisions(filter: Filter): Promise<Page<DecisionRow>> {
    return this.#page('decisions', this.#decisions, filter);
  }

  async decision(id: string): Promise<DecisionRow | undefined> {
    return this.#decisions.find(({ row }) => row.decision === id)?.row;
  }

  async whereDecided(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = this.#decisions.map(({ row }) => row);
    const known = rows.filter(({ decision }) => ids.includes(decision));
    return new Map(known.map(({ decision, index }) => [decision, index]));
  }

  async events(filter: Filter): Promise<Page<EventRow>> {
    return this.#page('events', this.#events, filter);
  }

  async nameLike({ what, text, agents }: NameWanted): Promise<string | undefined> {
    const all = this.#decisions.map(({ row }) => row);
    const rows = all.filter(({ agent }) => agents === null || agents.includes(agent));
    const names = rows.flatMap(({ tool, rules }) => (what === 'tool' ? (tool ?? []) : rules));
    return names.sort().find((name) => name.startsWith(text));
  }

  async activity(sinceAt: number): Promise<readonly ActivityRow[]> {
    const rows = this.#events.map(({ row }) => row).toReversed();
    const agents = [...new Set(rows.flatMap(({ agent }) => agent ?? []))].sort();
    const since = sinceAt - (sinceAt % 60_000);
    return agents.map((agent) => {
      const last = rows.find((row) => row.agent === agent);
      const decided = this.#decisions.filter(({ row, at }) => row.agent === agent && at >= since);
      return {
        agent,
        lastAt: last?.at ?? 0,
        lastIndex: last?.index ?? 0,
        decisions: decided.length,
        refusals: decided.filter(({ row }) => row.verdict === 'deny').length,
      };
    });
  }

  async roomOpenings({ roomMark, before, limit }: RoomFilter): Promise<Page<OpeningRow>> {
    const found = this.#sessions
      .map(({ index, row: { agent, session } }) => ({ index, agent, session }))
      .filter(({ index }) => mayBeOf(this.#rooms.get(index) ?? null, roomMark))
      .filter(({ index }) => before === null || index < before)
      .toReversed();
    const rows = found.slice(0, limit);
    const next = found.length > limit ? (rows.at(-1)?.index ?? null) : null;
    return { rows, next, nextIndex: this.#next };
  }

  async grants(filter: Filter): Promise<Page<GrantRow>> {
    return this.#page('grants', this.#grants, filter);
  }

  async grantCounts({
    before: _before,
    limit: _limit,
    ...filter
  }: Filter): Promise<readonly GrantCount[]> {
    const found = this.#grants.filter((one) => passes(one, filter));
    const mechanisms = [...new Set(found.map(({ row }) => row.mechanism))].sort();
    return mechanisms.map((mechanism) => {
      return { mechanism, count: found.filter(({ row }) => row.mechanism === mechanism).length };
    });
  }

  async drop(): Promise<void> {
    this.#next = 0;
    this.#lastAt = 0;
    this.#sessions = [];
    this.#decisions = [];
    this.#events = [];
    this.#grants = [];
    this.#rooms.clear();
  }

  async close(): Promise<void> {
    await this.drop();
  }

  #add(read: ReadEntry): void {
    this.#lastAt = read.at ?? this.#lastAt;
    const entry = { ...read, at: this.#lastAt, index: this.#next };
    this.#next += 1;
    const { index, at, agent, session, subject, change } = entry;
    this.#events.push({ index, at, subject, row: eventRow(read, entry) });
    if (agent !== null) this.#grant(entry, agent);
    if (agent === null || session === null) return;
    if (change?.kind === 'opened') this.#open(entry, { ...change, agent, session });
    const isCounted =
      change?.kind === 'decided' && this.#decide(entry, { ...change, agent, session });
    if (change?.kind === 'outcome') this.#report(entry, change);
    const open = this.#sessions.find(({ row }) => row.agent === agent && row.session === session);
    if (open === undefined) return;
    const { row } = open;
    open.row = {
      ...row,
      lastAt: at,
      closedAt: row.closedAt ?? (change?.kind === 'closed' ? at : null),
      decisions: row.decisions + (isCounted ? 1 : 0),
      refusals: row.refusals + (isCounted && change.verdict === 'deny' ? 1 : 0),
    };
  }

  #open(
    { index, at, subject }: Entry,
    {
      agent,
      session,
      task,
      openedBy,
      roomMark,
    }: Pick<SessionRow, 'agent' | 'session' | 'task' | 'openedBy'> & {
      readonly roomMark: string | null;
    },
  ): void {
    const isKnown = this.#sessions.some(
      ({ row }) => row.agent === agent && row.session === session,
    );
    if (isKnown) return;
    this.#rooms.set(index, roomMark);
    const known = { agent, session, task, openedBy, subject };
    const counts = { openedAt: at, closedAt: null, decisions: 0, refusals: 0, lastAt: at };
    this.#sessions.push({ index, at, subject, row: { ...known, ...counts } });
  }

  #decide(
    { index, at, subject }: Entry,
    decided: Omit<DecisionRow, 'index' | 'at' | 'outcome' | 'outcomeIndex'>,
  ): boolean {
    const { decision, agent, session, pact, tool, verdict, rules } = decided;
    if (this.#decisions.some(({ row }) => row.decision === decision)) return false;
    const known = { index, at, agent, session, decision, pact, tool, verdict, rules };
    this.#decisions.push({
      index,
      at,
      subject,
      row: { ...known, outcome: null, outcomeIndex: null },
    });
    return true;
  }

  #report(
    { index, agent, session }: Entry,
    { decision, status }: { readonly decision: string; readonly status: string },
  ): void {
    for (const kept of this.#decisions) {
      const { row } = kept;
      const isMeant = row.decision === decision && row.agent === agent && row.session === session;
      if (!isMeant || row.outcome !== null) continue;
      kept.row = { ...row, outcome: status, outcomeIndex: index };
    }
  }

  #grant({ index, at, subject, session, change }: Entry, agent: string): void {
    const end = (reason: GrantEnd, isMeant: (row: GrantRow) => boolean): void => {
      for (const kept of this.#grants) {
        const { row } = kept;
        if (row.agent !== agent || row.end !== null || !isMeant(row)) continue;
        kept.row = { ...row, end: reason, endedAt: at };
      }
    };
    const isHere = (row: GrantRow): boolean => row.session === session;
    if (change?.kind === 'claimed' && session !== null) {
      const { kind: _, ...claimed } = change;
      const row = { index, at, agent, session, ...claimed, end: null, endedAt: null };
      this.#grants.push({ index, at, subject, row });
    }
    if (change?.kind === 'closed') end('closed', isHere);
    if (change?.kind === 'revoked') {
      end('revoked', (row) => isHere(row) && row.claim === change.claim);
    }
    if (change?.kind === 'decided') {
      end('spent', (row) => isHere(row) && change.grants.includes(row.claim ?? ''));
    }
    if (change?.kind === 'halted') {
      const { session: of } = change;
      end('halted', (row) => row.isOnce && (of === null || row.session === of));
    }
  }

  #page<Row extends SessionRow | DecisionRow | EventRow | GrantRow>(
    list: List,
    kept: readonly Kept<Row>[],
    filter: Filter,
  ): Page<Row> {
    const limit = pageLimit(list, filter);
    const passing = kept.filter((one) => passes(one, filter));
    const found = filter.after === undefined ? passing.toReversed() : passing;
    const shown = found.slice(0, limit);
    return {
      rows: shown.map(({ row }) => row),
      next: found.length > limit ? (shown.at(-1)?.index ?? null) : null,
      nextIndex: this.#next,
    };
  }
}

function mayBeOf(mark: string | null, wanted: string): boolean {
  if (mark === null || mark === wanted) return true;
  return mark !== '' && roomKeyOf(mark) !== roomKeyOf(wanted);
}

function passes(
  { index, at, subject, row }: Kept<SessionRow | DecisionRow | EventRow | GrantRow>,
  filter: Filter,
): boolean {
  const { fromAt, untilAt, before, after = -1, rule, isUnfinished } = filter;
  const members: Readonly<Record<string, unknown>> = { ...row, subject };
  const equals = ['agent', 'session', 'kind', 'verdict', 'tool', 'subject', 'mechanism'] as const;
  return (
    equals.every((member) => filter[member] === undefined || members[member] === filter[member]) &&
    (fromAt === undefined || at >= fromAt) &&
    (untilAt === undefined || at < untilAt) &&
    (before === undefined || index < before) &&
    index > after &&
    (rule === undefined || ('rules' in row && row.rules.includes(rule))) &&
    (isUnfinished === undefined || isUnfinished === isWaiting(row))
  );
}

function isWaiting(row: SessionRow | DecisionRow | EventRow | GrantRow): boolean {
  if (!('rules' in row)) return false;
  return row.outcome === null && (row.verdict === 'allow' || row.verdict === 'modify');
}
