import type { Entry } from '../entry.ts';

/**
 * How much of a record is shown: all of it, whole sessions with parts of other chains, or a log
 * that continues another one.
 */
export type Extent = 'whole' | 'part' | 'continued';

/** Where a chain goes on, as the entries so far say. */
type Head = { readonly n: number; readonly leaf: string };

/** The key of the node's chain, which is of no agent and no session. */
const NODE = '\n';

/** How many ended sessions are remembered, so that none is opened again: about 30 MB of ids. */
const MOST_ENDED = 250_000;

/**
 * Checks that entries hang together: time never runs backwards, every chain goes on where it was,
 * a session's chain begins with its opening and ends with its closing.
 *
 * Source: spec/entries.md, section "Verifying".
 */
export class ChainCheck {
  #extent: Extent;
  readonly #heads: Map<string, Head> = new Map();
  readonly #ended: Set<string> = new Set();
  #at = 0;

  constructor(extent: Extent) {
    this.#extent = extent;
  }

  /** The log goes on from an earlier one, and so do its chains. */
  goOn(): void {
    this.#extent = 'continued';
  }

  /**
   * Takes the next entry and returns what is wrong with its place, or undefined.
   *
   * leaf: its leaf hash in base64.
   */
  take(entry: Entry, leaf: string): string | undefined {
    const { at, agent, session, kind, n } = entry;
    if (at < this.#at) return `time runs backwards, from ${this.#at} to ${at}`;
    this.#at = at;
    const key = `${agent ?? ''}\n${session ?? ''}`;
    const complaint = this.#misplaced(entry, key) ?? this.#outOfSession(entry, key);
    if (complaint !== undefined) return complaint;
    if (kind === 'session_closed') this.#end(key);
    else this.#heads.set(key, { n, leaf });
    return undefined;
  }

  /** The sessions that were not closed. */
  openSessionCount(): number {
    let count = 0;
    for (const key of this.#heads.keys()) if (!key.endsWith('\n')) count += 1;
    return count;
  }

  #misplaced({ n, prev }: Entry, key: string): string | undefined {
    const head = this.#heads.get(key);
    if (head === undefined) {
      if (this.#ended.has(key)) return 'comes after the end of its session';
      return n === 0 || this.#mayBeginLate(key)
        ? undefined
        : `is at place ${n} of a chain nothing began`;
    }
    // Of the node's chain, a part holds the erasures that concern it and nothing between them.
    if (this.#extent === 'part' && key === NODE && n > head.n + 1) return undefined;
    if (n !== head.n + 1) return `is at place ${n} of its chain, must be at ${head.n + 1}`;
    return prev === head.leaf ? undefined : '`prev` is not the entry before it in its chain';
  }

  #mayBeginLate(key: string): boolean {
    return this.#extent === 'continued' || (this.#extent === 'part' && key.endsWith('\n'));
  }

  #outOfSession({ session, kind, n }: Entry, key: string): string | undefined {
    if (session === null) return undefined;
    const isOpening = kind === 'session_opened';
    if (isOpening && (n !== 0 || this.#heads.has(key))) return 'opens a session that is open';
    if (!isOpening && n === 0) return 'begins a session that was not opened';
    return undefined;
  }

  #end(key: string): void {
    this.#heads.delete(key);
    this.#ended.add(key);
    if (this.#ended.size <= MOST_ENDED) return;
    const oldest = this.#ended.keys().next();
    if (oldest.done !== true) this.#ended.delete(oldest.value);
  }
}
