/** A segment keeps this many UTF-16 units. */
export const MAX_SEGMENT: number = 64 * 1024;
/** Follows a text that was cut, as a letter no value has: a word cut in two is not whole. */
const cutMark = '\x03';

/** Returns the leaves of a segment that are kept, the last one cut where the segment is full. */
export function cutLeaves(leaves: readonly string[]): readonly string[] {
  let room = MAX_SEGMENT;
  const kept: string[] = [];
  for (const leaf of leaves) {
    if (room <= 0) break;
    kept.push(cutText(leaf, room));
    room -= leaf.length + 1;
  }
  return kept;
}

/** Returns the text, or its first units up to a length and the mark of a cut. */
export function cutText(text: string, length: number = MAX_SEGMENT): string {
  return text.length > length + 1 ? text.slice(0, length) + cutMark : text;
}
