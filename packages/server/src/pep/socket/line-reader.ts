const LINE_FEED = 0x0a;

/** Cuts a stream of bytes into lines, and holds no more than one line that has not ended. */
export class LineReader {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Returns the lines that end in a chunk, without their breaks; null once one is too long. */
  take(chunk: Buffer): readonly Buffer[] | null {
    const lines: Buffer[] = [];
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, from);
      const part = chunk.subarray(from, end < 0 ? chunk.length : end);
      this.#size += part.length;
      if (this.#size >= this.#maxBytes) return null;
      this.#chunks.push(part);
      if (end < 0) return lines;
      lines.push(this.#join());
      from = end + 1;
    }
  }

  #join(): Buffer {
    const [first] = this.#chunks;
    const line =
      this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#size = 0;
    return line;
  }
}
