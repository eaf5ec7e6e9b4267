import { Stop } from '../stop.ts';

const DAY_MS = 86_400_000;

/**
 * Returns the moment an option names, ms UTC. A day without a time is its beginning, or its end.
 *
 * Errors: `Stop` for what is no ISO 8601 time.
 */
export function momentOf(text: string, option: string, side: 'begin' | 'end' = 'begin'): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new Stop(`${option} \`${text}\` is not an ISO 8601 time`);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  return isDay && side === 'end' ? ms + DAY_MS - 1 : ms;
}
