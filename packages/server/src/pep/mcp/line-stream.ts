const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** What becomes of a stream's lines. */
export type LineListener = {
  readonly line: (bytes: Buffer) => void;
  /** A line was longer than is read; what is left of it is skipped. */
  readonly tooLong: () => void;
};

/**
 * Cuts a stream of bytes into lines. It holds no more than one line that has not ended, and goes on
 * behind one that is too long.
 */
export class LineStream {
  readonly #maxBytes: number;
  readonly #listener: LineListener;
  #chunks: Buffer[] = [];
  #size = 0;
  #isSkipping = false;

  constructor(maxBytes: number, listener: LineListener) {
    this.#maxBytes = maxBytes;
    this.#listener = listener;
  }

  take(chunk: Buffer): void {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, from);
      this.#add(chunk.subarray(from, end < 0 ? chunk.length : end));
      if (end < 0) return;
      this.#endLine();
      from = end + 1;
    }
  }

  #add(part: Buffer): void {
    if (this.#isSkipping) return;
    this.#size += part.length;
    if (this.#size <= this.#maxBytes) {
      if (part.length > 0) this.#chunks.push(part);
      return;
    }
    this.#isSkipping = true;
    this.#chunks = [];
    this.#listener.tooLong();
  }

  #endLine(): void {
    const [first] = this.#chunks;
    const line =
      this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    const wasSkipping = this.#isSkipping;
    this.#chunks = [];
    this.#size = 0;
    this.#isSkipping = false;
    const whole = line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
    if (!wasSkipping && whole.length > 0) this.#listener.line(whole);
  }
}
