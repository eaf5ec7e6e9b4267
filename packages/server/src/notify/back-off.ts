const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/**
 * Returns how long to wait after so many failures in a row, in ms: twice as long each time up to a
 * minute, of which one half is by chance, so that many senders do not come back at once.
 */
export function backOffMs(failures: number, random: () => number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 30));
  return Math.round(whole / 2 + (whole / 2) * random());
}
