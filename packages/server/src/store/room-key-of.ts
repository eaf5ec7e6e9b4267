const KEY_LENGTH = 'room_'.length + 8;

/** Returns what the key of a room's mark is known by: marks of another key say nothing of one. */
export function roomKeyOf(mark: string): string {
  return mark.slice(0, KEY_LENGTH);
}
