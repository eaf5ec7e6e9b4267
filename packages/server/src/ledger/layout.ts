/** The folder that is served: the log, and rolled logs below it. */
export const LOG_FOLDER = 'log';

/** The folder of the write-ahead log. */
export const SEGMENT_FOLDER = 'segments';

/** Size, root and keys of the log, set before anything is signed. */
export const STATE_FILE = 'log-state';

/** Returns the folder of a rolled log, by its number: 0 is the first log of all. */
export function rolledFolder(number: number): string {
  return `${LOG_FOLDER}/rolled/${number}`;
}

/** Returns the number of a log by its origin: 0 for the base itself, undefined for any other. */
export function logNumber(base: string, origin: string): number | undefined {
  if (origin === base) return 0;
  const digits = origin.startsWith(`${base}/`) ? origin.slice(base.length + 1) : '';
  return /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : undefined;
}
