/** Returns whether the runtime knows a text as an IANA time zone. */
export function isTimezone(text: string): boolean {
  try {
    return /^[A-Za-z][\w+/-]*$/.test(text) && zoned(text).format(0) !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * Returns the milliseconds to add to UTC for the local time of a zone, memoised per quarter of an
 * hour (no zone changes its offset within one).
 */
export function offsetOf(timezone: string): (nowMs: number) => number {
  if (timezone === 'UTC') return () => 0;
  const format = zoned(timezone);
  let knownQuarter = Number.NaN;
  let known = 0;
  return (nowMs) => {
    const quarter = Math.floor(nowMs / 900_000);
    if (quarter !== knownQuarter) {
      known = offsetAt(format, quarter * 900_000);
      knownQuarter = quarter;
    }
    return known;
  };
}

function zoned(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

function offsetAt(format: Intl.DateTimeFormat, atMs: number): number {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const day = [part('year'), part('month') - 1, part('day')] as const;
  const localMs = Date.UTC(...day, part('hour'), part('minute'), part('second'));
  return localMs - Math.floor(atMs / 1000) * 1000;
}
