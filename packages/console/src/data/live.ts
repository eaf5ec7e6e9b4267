import { parseLiveMessage, type LiveRow } from './live-message.ts';

/** Where the live stream stands. */
export type LiveState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** Not reached since then; the stream is tried again by itself. */
  | { readonly kind: 'away'; readonly sinceMs: number };

type Listener = (rows: readonly LiveRow[] | 'everything') => void;

// Under an emergency each reading is written down: what is read because of that would never end.
const OF_READING = 'break_glass_used';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 10_000;

/**
 * The live stream of entries, one for the whole console.
 *
 * A stream that breaks is taken up after the last entry that was seen, so nothing is missed; where
 * the daemon says that too much was missed, listeners are told that everything may have changed.
 */
export class LiveStream {
  readonly #path: string;
  readonly #listeners = new Set<Listener>();
  readonly #watchers = new Set<() => void>();
  #source: EventSource | null = null;
  #state: LiveState = { kind: 'connecting' };
  #lastIndex: number | null = null;
  #retryMs = FIRST_RETRY_MS;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #wasAway = false;
  onSignedOut: () => void = () => undefined;

  constructor(path: string) {
    this.#path = path;
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Tells a listener of every entry from now on, until the function it returns is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells of every change of the state, until the function it returns is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  start(): void {
    if (this.#source !== null) return;
    const after = this.#lastIndex === null ? '' : `?after=${this.#lastIndex}`;
    const source = new EventSource(`${this.#path}${after}`);
    this.#source = source;
    source.addEventListener('open', () => this.#opened());
    source.addEventListener('error', () => this.#broke(source));
    source.addEventListener('ready', (event) => this.#heard(event.data));
    source.addEventListener('entries', (event) => this.#heard(event.data));
    source.addEventListener('behind', (event) => this.#behind(event.data));
    source.addEventListener('signed-out', () => this.#signedOut());
  }

  /** Tries at once instead of when the wait is over. */
  retry(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.start();
  }

  /** Lets go of the connection until `start`, which goes on after the last entry that was seen. */
  pause(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#source?.close();
    this.#source = null;
    // Without a place to go on from, what is written meanwhile would be missed.
    if (this.#lastIndex === null) this.#wasAway = true;
  }

  stop(): void {
    this.pause();
    this.#become({ kind: 'connecting' });
  }

  #opened(): void {
    this.#retryMs = FIRST_RETRY_MS;
    // A daemon that was away may have been restarted, and its read models with it.
    if (this.#wasAway) this.#tell('everything');
    this.#wasAway = false;
    this.#become({ kind: 'live' });
  }

  #broke(source: EventSource): void {
    if (this.#source !== source) return;
    this.#wasAway = true;
    if (this.#state.kind !== 'away') this.#become({ kind: 'away', sinceMs: Date.now() });
    // The browser tries again by itself only while it has not closed the stream for good.
    source.close();
    this.#source = null;
    this.#timer = setTimeout(() => this.start(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
    this.onBroken();
  }

  /** Called when the stream broke, which is all that a browser says of an ended session. */
  onBroken: () => void = () => undefined;

  #heard(text: unknown): void {
    const message = parseLiveMessage(text);
    // An empty log has no last entry.
    if (message === null || message.to < 0) return;
    this.#lastIndex = message.to;
    const rows = message.rows.filter(({ kind }) => kind !== OF_READING);
    if (rows.length > 0) this.#tell(rows);
  }

  #behind(text: unknown): void {
    const message = parseLiveMessage(text);
    if (message !== null) this.#lastIndex = message.to;
    this.#tell('everything');
  }

  #signedOut(): void {
    this.stop();
    this.onSignedOut();
  }

  #tell(rows: readonly LiveRow[] | 'everything'): void {
    for (const listener of this.#listeners) listener(rows);
  }

  #become(state: LiveState): void {
    this.#state = state;
    for (const watcher of this.#watchers) watcher();
  }
}
