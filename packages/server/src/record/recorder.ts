import {
  canonical,
  type Entry,
  type EntryKind,
  formatEntry,
  isJsonObject,
  type Json,
  type JsonObject,
  parseEntry,
} from '@plumbline/core';
import { isHandover, leafHash, MAX_ENTRY_BYTES } from '@plumbline/ledger';

import type { Trace } from '../guard/trace.ts';
import { primitives } from '../ledger/primitives.ts';
import type { Appended, Sequencer } from '../ledger/sequencer.ts';
import { sealPayload } from '../seal/seal.ts';
import type { Subject } from '../store/vault.ts';

/** One thing to write down: `Parts` of an event with where and when it belongs. */
export type Recordable = {
  /** ms UTC; an earlier moment than the last entry's becomes that one. */
  readonly at: number;
  readonly agent: string | null;
  readonly session: string | null;
  readonly kind: EntryKind;
  readonly open: JsonObject;
  /** Sealed for `subject`, which must be there with it. */
  readonly secret: JsonObject | null;
  readonly subject: Subject | null;
  readonly trace?: Trace;
  /** Bytes that the open part names by digest, such as the sources of a pact. */
  readonly blobs?: readonly Uint8Array[];
};

/** Where a chain goes on: the place of its next entry, and the leaf hash of its last in base64. */
export type Head = { readonly n: number; readonly prev: string | null };

/** Where every chain goes on, as plain JSON. */
export type SavedChains = {
  readonly at: number;
  readonly heads: readonly (readonly [string, Head])[];
};

/** What a recorder stands on. `random` returns so many random bytes; the system's by default. */
export type RecorderParts = {
  readonly sequencer: Pick<Sequencer, 'append'>;
  readonly random?: (size: number) => Uint8Array;
};

/** An entry would be longer than the log holds; nothing was recorded. */
export class EntryTooLarge extends Error {}

const FIRST: Head = { n: 0, prev: null };

/**
 * Turns what happened into entries of chains, sealed and in order. Synchronous: what the guard
 * records inside its turn has its place in the log when the turn ends.
 *
 * INVARIANT: an entry that was not accepted changed no chain.
 */
export class Recorder {
  readonly #parts: RecorderParts;
  readonly #heads: Map<string, Head> = new Map();
  #at = 0;
  #durable: Promise<void> = Promise.resolve();

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  /** Returns the moment an entry gets that is told this one: time never runs backwards. */
  now(toldMs: number): number {
    return Math.max(this.#at, toldMs);
  }

  /** Returns where a chain goes on. */
  head(agent: string | null, session: string | null): Head {
    return this.#heads.get(keyOf({ agent, session })) ?? FIRST;
  }

  /** Resolves once everything recorded so far is durable; rejects as `Appended.durable` does. */
  get durable(): Promise<void> {
    return this.#durable;
  }

  /** How many chains are open. */
  get chainCount(): number {
    return this.#heads.size;
  }

  /**
   * Writes one entry down. It is durable when `durable` has resolved.
   *
   * Errors: throws `EntryTooLarge`, and `LedgerStopped` of the sequencer; nothing was recorded.
   */
  record(what: Recordable): Appended {
    const at = this.now(what.at);
    const { entry, blobs } = this.#entryOf(what, at);
    const bytes = Buffer.from(printed(entry), 'utf8');
    if (bytes.length > MAX_ENTRY_BYTES) {
      const message = `\`${what.kind}\` of ${bytes.length} bytes, a log holds ${MAX_ENTRY_BYTES}`;
      throw new EntryTooLarge(message);
    }
    const leaf = leafHash(primitives.sha256, bytes);
    const appended = this.#parts.sequencer.append(
      blobs.length === 0 ? { bytes, leaf } : { bytes, leaf, blobs },
    );
    this.#advance(entry, leaf);
    this.#durable = appended.durable;
    return appended;
  }

  /**
   * Takes note of an entry that stands in the log already, in order, after a restart.
   *
   * Throws when it is not an entry: a log is verified before it is gone on with.
   */
  follow(bytes: Uint8Array): void {
    if (isHandover(bytes)) return;
    const read = parseEntry(bytes);
    if (!read.ok) throw new Error(`entry of the log ${read.error}`);
    this.#advance(read.value, leafHash(primitives.sha256, bytes));
  }

  /** Returns where every chain goes on, for a later `resume`. */
  save(): SavedChains {
    return { at: this.#at, heads: [...this.#heads] };
  }

  /** Goes on from what was saved, in place of following the entries before. */
  resume({ at, heads }: SavedChains): void {
    this.#at = at;
    this.#heads.clear();
    for (const [key, head] of heads) this.#heads.set(key, head);
  }

  #entryOf(what: Recordable, at: number): { entry: Entry; blobs: readonly Uint8Array[] } {
    const { agent, session, kind, open, secret, subject, trace, blobs = [] } = what;
    const { n, prev } = this.head(agent, session);
    const rest = trace === undefined ? {} : { trace };
    const bare: Entry = { v: 1, at, kind, agent, session, n, prev, ...rest, open, sealed: null };
    if (secret === null) return { entry: bare, blobs };
    if (subject === null) throw new Error('bug: a secret has a subject');
    const restBytes = (): number => Buffer.byteLength(printed(bare));
    const { random } = this.#parts;
    const options = random === undefined ? { restBytes } : { restBytes, random };
    const { sealed, blob } = sealPayload(subject, canonical(secret), options);
    return { entry: { ...bare, sealed }, blobs: blob === null ? blobs : [...blobs, blob] };
  }

  #advance(entry: Entry, leaf: Uint8Array): void {
    this.#at = Math.max(this.#at, entry.at);
    const key = keyOf(entry);
    if (entry.kind === 'session_closed') this.#heads.delete(key);
    else this.#heads.set(key, { n: entry.n + 1, prev: base64(leaf) });
  }
}

function base64({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('base64');
}

/** Half a surrogate pair, which no entry may hold, is printed as U+FFFD. */
function printed(entry: Entry): string {
  const text = formatEntry(entry);
  return text.includes('\\ud') ? formatEntry({ ...entry, open: wellFormedOf(entry.open) }) : text;
}

function wellFormedOf(open: JsonObject): JsonObject {
  const members = Object.entries(open).map(([key, value]) => [
    key.toWellFormed(),
    wellFormed(value),
  ]);
  return Object.fromEntries(members);
}

function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (isJsonObject(value)) return wellFormedOf(value);
  return typeof value === 'object' && value !== null ? value.map(wellFormed) : value;
}

function keyOf({ agent, session }: Pick<Entry, 'agent' | 'session'>): string {
  return `${agent ?? ''}\n${session ?? ''}`;
}
