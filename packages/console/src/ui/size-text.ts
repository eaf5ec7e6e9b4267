const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const;

/** Returns a number of bytes as people say it, in units of a thousand. */
export function sizeText(bytes: number): string {
  let [size, place] = [bytes, 0];
  while (size >= 999.5 && place < UNITS.length - 1) {
    size /= 1_000;
    place += 1;
  }
  const shown = place === 0 || size >= 99.5 ? Math.round(size) : Number(size.toPrecision(2));
  return `${shown} ${UNITS[place] ?? ''}`;
}
