const PAGE = 12;

/** Returns the row that a key goes to from one of `count` rows, or null where it goes nowhere. */
export function rowAfter(key: string, from: number, count: number): number | null {
  const to = target(key, from, count);
  if (to === null) return null;
  const bounded = Math.max(0, Math.min(count - 1, to));
  return bounded === from ? null : bounded;
}

function target(key: string, from: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return from + 1;
    case 'ArrowUp':
      return from - 1;
    case 'PageDown':
      return from + PAGE;
    case 'PageUp':
      return from - PAGE;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
