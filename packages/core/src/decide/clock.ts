/** The last moment whose day has an end that a date can name, in ms UTC. */
const LAST_MS = 8_640_000_000_000_000 - 2 * 86_400_000;

/**
 * Returns the later of a moment that is known and one that is told, in ms UTC: `now` never runs
 * backwards. What is told beyond all dates is the last moment, and what is no number is no moment.
 * Source: spec/decide.md.
 */
export function laterOf(knownMs: number, toldMs: number): number {
  return Number.isNaN(toldMs) ? knownMs : Math.max(knownMs, Math.min(toldMs, LAST_MS));
}
