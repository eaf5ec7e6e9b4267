import {
  apply,
  type Attested,
  attestedOf,
  type CompiledPact,
  type Content,
  type Entry,
  ENTRY_KINDS,
  type Event,
  EventReader,
  initialState,
  isSecretOf,
  type JsonObject,
  toolOf,
} from '@plumbline/core';

import type { TraceRow } from '../../../data/traces.ts';

/** A session as the worker knows it: its rows, opened as far as they were. */
export type SessionRecord = {
  readonly agent: string;
  readonly session: string;
  readonly rows: readonly TraceRow[];
};

/** A decision with what it was made from. */
export type DecidedEvent = Extract<Event, { readonly kind: 'decided' }>;

/** One row with the events it records, in order. */
export type ReadRow = { readonly row: TraceRow; readonly events: readonly Event[] };

/** Reads the events of every row, as a verifier reads those of the log. */
export function readRows({ agent, session, rows }: SessionRecord): readonly ReadRow[] {
  const reader = new EventReader();
  return rows.flatMap((row) => {
    const entry = entryOf(row, agent, session);
    if (entry === null) return [];
    return [{ row, events: reader.take(entry, secretOf(row)) }];
  });
}

/** The entry that a row tells of, as far as folding it needs; null for kinds of later versions. */
export function entryOf(row: TraceRow, agent: string, session: string): Entry | null {
  const kind = ENTRY_KINDS.find((each) => each === row.kind);
  if (kind === undefined) return null;
  // What the daemon answers is JSON; the type of answers says no more of its members.
  const open = row.open as JsonObject;
  return { v: 1, at: row.at, kind, agent, session, n: 0, prev: null, open, sealed: null };
}

/** What was sealed of a row, where it was opened and has the shape of its kind. */
export function secretOf({ kind, secret }: TraceRow): JsonObject | null {
  const known = ENTRY_KINDS.find((each) => each === kind);
  if (secret === null || known === undefined) return null;
  // As above: JSON, of which the shape is looked at here.
  const json = secret as JsonObject;
  return isSecretOf({ kind: known }, json) ? json : null;
}

/** The decision of a row, where it is one and was opened. */
export function decisionIn({ row, events }: ReadRow): DecidedEvent | null {
  const [event] = events;
  return event?.kind === 'decided' && secretOf(row) !== null ? event : null;
}

/** What was attested of the session by whoever opened it; null where that is not open. */
export function attestedIn(
  pact: CompiledPact,
  read: readonly ReadRow[],
  { action }: DecidedEvent,
): Attested | null {
  const opening = read.find(({ row }) => row.kind === 'session_opened');
  if (opening === undefined || secretOf(opening.row) === null) return null;
  const [event] = opening.events;
  if (event === undefined) return null;
  return attestedOf(apply(pact, initialState(pact.agent), event), action);
}

/** What came into a session by one row, each with the text that is searched for a snippet. */
export type SeenContent = {
  readonly row: TraceRow;
  readonly content: Content;
  readonly text: string;
};

/** Everything that the session saw before an entry, in order, as far as it is open. */
export function contentsBefore(
  pact: CompiledPact,
  read: readonly ReadRow[],
  index: number,
): readonly SeenContent[] {
  return read
    .filter(({ row }) => row.index < index && secretOf(row) !== null)
    .flatMap(({ row, events }) => events.flatMap((event) => contentOf(pact, row, event)));
}

const STRANGER = { byDefault: 'untrusted', trusted: [], untrusted: [], format: 'text' } as const;

function contentOf(pact: CompiledPact, row: TraceRow, event: Event): readonly SeenContent[] {
  if (event.kind === 'message') {
    const { from: kind, text } = event;
    return [{ row, content: { kind, text }, text }];
  }
  if (event.kind === 'session_opened') {
    const texts = [event.principal, ...leafTexts(event.attributes)];
    return texts.map((text) => ({ row, content: { kind: 'session', text }, text }));
  }
  if (event.kind !== 'outcome' || event.status === 'not_sent') return [];
  const { tool, args, result } = event;
  const trust = toolOf(pact, tool)?.trust ?? STRANGER;
  const text = typeof result === 'string' ? result : JSON.stringify(result, null, 2);
  return [{ row, content: { kind: 'tool', tool, trust, args, result }, text }];
}

function leafTexts(value: unknown): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(leafTexts);
}
