/** Reading begins at a mark at most this far before the entry, and one long entry. */
export const MARK_EVERY_BYTES = 16_384;

/** A place in a segment: a record, `left` of which its batch still has, or a frame (0 left). */
export type Mark = { readonly index: number; readonly offset: number; readonly left: number };

/** Marks of one segment, in order and not too many. */
export class Marks {
  readonly #marks: Mark[] = [];

  add(mark: Mark): void {
    const last = this.#marks.at(-1);
    if (last === undefined || mark.offset - last.offset >= MARK_EVERY_BYTES) this.#marks.push(mark);
  }

  /** Returns the last mark at or before an index. */
  before(index: number): Mark {
    let low = 0;
    let high = this.#marks.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#marks[middle]?.index ?? Number.POSITIVE_INFINITY) <= index) low = middle;
      else high = middle;
    }
    const mark = this.#marks[low];
    if (mark === undefined || mark.index > index) throw new Error(`bug: no mark before ${index}`);
    return mark;
  }
}
