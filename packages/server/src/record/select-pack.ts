import { type Entry, parseEntry } from '@plumbline/core';
import type { VerifierKey } from '@plumbline/ledger';

import { entriesOf, type Placed } from './entry-stream.ts';
import type { OfflineRecord } from './offline.ts';
import { OfflineError } from './offline-error.ts';

/** What a pack shall show, and what its reader may open. */
export type PackRequest = {
  readonly agent: string | null;
  readonly sessions: readonly string[];
  readonly fromAt: number;
  readonly untilAt: number;
  /** Sessions whose payloads are opened: those named, or every selected one. */
  readonly open: readonly string[] | 'all';
  /** The log's key; the vault's own, where it is at hand, is the one that signed. */
  readonly key: VerifierKey | null;
  readonly madeAt: number;
};

/** The most entries of one pack; a longer one is asked for in parts. */
export const MOST_PACK_ENTRIES = 100_000;

/**
 * Returns which entries a pack holds, ascending: those of whole sessions, of their agents' chains,
 * and the erasures of people whose data is among them.
 *
 * Errors: `OfflineError` when nothing is selected or too much is, or what shall be opened is not.
 */
export async function selectPack(
  record: OfflineRecord,
  request: PackRequest,
  size: number,
): Promise<readonly number[]> {
  const { sessions, agents } = await askedFor(record, request, size);
  if (sessions.size === 0) throw new OfflineError(record.place, NO_SESSION);
  refuseUnselected(record.place, request.open, sessions);
  const selected: number[] = [];
  const subjects = new Set<string>();
  const erasures: { readonly index: number; readonly subject: string }[] = [];
  for await (const { index, entry } of parsedEntries(record, size)) {
    const { kind, agent, session, sealed, open } = entry;
    const { subject } = open;
    if (kind === 'erasure' && typeof subject === 'string') erasures.push({ index, subject });
    const isIn = session === null ? agent !== null && agents.has(agent) : sessions.has(session);
    if (!isIn) continue;
    selected.push(index);
    if (sealed !== null) subjects.add(sealed.subject);
    if (selected.length > MOST_PACK_ENTRIES) {
      throw new OfflineError(record.place, `more than ${MOST_PACK_ENTRIES} entries, ask for less`);
    }
  }
  const erased = erasures.filter(({ subject }) => subjects.has(subject));
  return [...selected, ...erased.map(({ index }) => index)].sort((one, other) => one - other);
}

type AskedFor = { readonly sessions: ReadonlySet<string>; readonly agents: ReadonlySet<string> };

async function askedFor(
  record: OfflineRecord,
  request: PackRequest,
  size: number,
): Promise<AskedFor> {
  const sessions = new Set<string>();
  const agents = new Set<string>();
  for await (const { entry } of parsedEntries(record, size)) {
    if (!isAskedFor(entry, request)) continue;
    sessions.add(entry.session ?? '');
    agents.add(entry.agent ?? '');
  }
  return { sessions, agents };
}

const NO_SESSION = 'no session matches; `plumb log tail --kind session_opened` lists them';

const MOST_NAMED = 5;

/** Who wants a session opened and gets a pack without it would find out at its reader's. */
function refuseUnselected(
  place: string,
  open: PackRequest['open'],
  selected: ReadonlySet<string>,
): void {
  const missed = open === 'all' ? undefined : open.find((session) => !selected.has(session));
  if (missed === undefined) return;
  const named = [...selected].slice(0, MOST_NAMED).join(', ');
  const more = selected.size > MOST_NAMED ? ` and ${selected.size - MOST_NAMED} more` : '';
  throw new OfflineError(
    place,
    `\`${missed}\` cannot be opened, it is not selected; selected: ${named}${more}`,
  );
}

function isAskedFor(entry: Entry, { agent, sessions, fromAt, untilAt }: PackRequest): boolean {
  const { session, at } = entry;
  if (session === null || at < fromAt || at > untilAt) return false;
  if (agent !== null && entry.agent !== agent) return false;
  return sessions.length === 0 || sessions.includes(session);
}

type Parsed = Placed & { readonly entry: Entry };

async function* parsedEntries(record: OfflineRecord, until: number): AsyncGenerator<Parsed> {
  for await (const bundle of entriesOf(record, { from: 0, until })) {
    for (const { index, bytes } of bundle) {
      const read = parseEntry(bytes);
      if (read.ok) yield { index, bytes, entry: read.value };
    }
  }
}
