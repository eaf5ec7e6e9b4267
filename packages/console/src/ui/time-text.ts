/** The zone times are shown in: the reader's own, or UTC. */
export type Zone = 'local' | 'utc';

const DAY_MS = 86_400_000;

/** Returns a moment to the second, as `14:03:07` today and `3 Nov 2026 14:03:07` otherwise. */
export function momentText(atMs: number, zone: Zone, nowMs: number): string {
  const isToday = dayText(atMs, zone) === dayText(nowMs, zone);
  const time = clock(zone).format(atMs);
  return isToday ? time : `${dayText(atMs, zone)} ${time}`;
}

/** Returns a moment to the millisecond in UTC: `2026-11-03 14:03:07.512 UTC`. */
export function utcText(atMs: number): string {
  return `${new Date(atMs).toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

/** Returns how long ago something was, in its largest unit: `4 min`. */
export function agoText(atMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds * 1000 < 2 * DAY_MS) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor((seconds * 1000) / DAY_MS)} days`;
}

/** Returns a span of time as people say it: `340 ms`, `2.4 s`, `3 min`, `5 h`. */
export function spanText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return agoText(0, ms);
}

// Making a format costs a hundred times what using one does.
const clocks = new Map<Zone, Intl.DateTimeFormat>();
const days = new Map<Zone, Intl.DateTimeFormat>();

function clock(zone: Zone): Intl.DateTimeFormat {
  return kept(clocks, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

function dayText(atMs: number, zone: Zone): string {
  return kept(days, zone, { day: 'numeric', month: 'short', year: 'numeric' }).format(atMs);
}

function kept(
  formats: Map<Zone, Intl.DateTimeFormat>,
  zone: Zone,
  shape: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const zoned = zone === 'utc' ? { timeZone: 'UTC' } : {};
  const format = new Intl.DateTimeFormat('en-GB', { ...shape, ...zoned, hourCycle: 'h23' });
  formats.set(zone, format);
  return format;
}
