const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const EMPTY = Buffer.alloc(0);

/** What becomes of a stream of server-sent events. */
export type EventListener = {
  /** The data of one event, its lines joined. */
  readonly message: (bytes: Buffer) => void;
  /** An event was larger than is read; what is left of it is skipped. */
  readonly tooLong: () => void;
};

/**
 * Reads server-sent events from bytes. It holds no more than one event that has not ended, and goes
 * on behind one that is too long.
 * Source: HTML Living Standard, section 9.2.6.
 */
export class EventReader {
  readonly #maxBytes: number;
  readonly #listener: EventListener;
  #line: Buffer[] = [];
  #data: Buffer[] = [];
  #size = 0;
  #isSkipping = false;
  #wasReturn = false;
  /** What the stream can be come back to with; null when it says none. */
  lastId: string | null = null;
  /** How long to wait before coming back, as the server wishes. */
  retryMs: number | null = null;

  constructor(maxBytes: number, listener: EventListener) {
    this.#maxBytes = maxBytes;
    this.#listener = listener;
  }

  take(chunk: Buffer): void {
    let from = 0;
    for (let at = this.#lineEnd(chunk, from); at >= 0; at = this.#lineEnd(chunk, from)) {
      const isPair = chunk[at] === LINE_FEED && at === from && this.#wasReturn;
      this.#wasReturn = chunk[at] === CARRIAGE_RETURN;
      if (!isPair) {
        this.#add(chunk.subarray(from, at));
        this.#endLine();
      }
      from = at + 1;
    }
    if (from === chunk.length) return;
    this.#wasReturn = false;
    this.#add(chunk.subarray(from));
  }

  #lineEnd(chunk: Buffer, from: number): number {
    const feed = chunk.indexOf(LINE_FEED, from);
    const end = feed < 0 ? chunk.length : feed;
    const back = chunk.subarray(from, end).indexOf(CARRIAGE_RETURN);
    return back < 0 ? feed : from + back;
  }

  #add(part: Buffer): void {
    this.#size += part.length;
    if (this.#isSkipping) return;
    if (this.#size <= this.#maxBytes) {
      if (part.length > 0) this.#line.push(part);
      return;
    }
    this.#isSkipping = true;
    this.#line = [];
    this.#data = [];
    this.#listener.tooLong();
  }

  #endLine(): void {
    const line = this.#isSkipping && this.#size > 0 ? this.#skipped() : Buffer.concat(this.#line);
    this.#line = [];
    if (line === null) return;
    if (line.length === 0) return this.#dispatch();
    const colon = line.indexOf(':');
    const name = line.subarray(0, colon < 0 ? line.length : colon).toString('latin1');
    const rest = colon < 0 ? EMPTY : line.subarray(colon + 1);
    const value = rest[0] === 0x20 ? rest.subarray(1) : rest;
    if (name === 'data') return void this.#data.push(value);
    // Signs of life may come without a blank line behind them.
    this.#size -= line.length;
    if (name === 'id') this.lastId = value.toString('utf8').slice(0, 1_024);
    else if (name === 'retry') this.retryMs = Number(value.toString('latin1')) || null;
  }

  // Of an event that is too long nothing is read until the blank line that ends it.
  #skipped(): null {
    this.#size = 0;
    return null;
  }

  #dispatch(): void {
    const said = this.#data.length === 1 ? (this.#data[0] ?? EMPTY) : joined(this.#data);
    this.#data = [];
    this.#size = 0;
    const wasSkipping = this.#isSkipping;
    this.#isSkipping = false;
    if (!wasSkipping && said.length > 0) this.#listener.message(said);
  }
}

function joined(lines: readonly Buffer[]): Buffer {
  return Buffer.from(lines.map((line) => line.toString('latin1')).join('\n'), 'latin1');
}
