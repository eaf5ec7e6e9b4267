/** ok: there is room. low: time to warn. refuse: the rest is for what is already in flight. */
export type DiskLevel = 'ok' | 'low' | 'refuse';

/** What was last seen; `freeBytes` is null when the disk would not say, which is a `refuse`. */
export type DiskReading = {
  readonly level: DiskLevel;
  readonly freeBytes: number | null;
  /** The limit that decided: of `refuse` its own, otherwise the one of the warning. */
  readonly limitBytes: number;
};

export type DiskWatchOptions = {
  /** `freeBytes` of a `Disk`. */
  readonly freeBytes: () => Promise<number>;
  readonly warnBytes: number;
  /** Below `warnBytes`. */
  readonly refuseBytes: number;
  /** The disk is asked at most this often. */
  readonly everyMs: number;
  readonly clock: () => number;
  /** Is called at each change of the level, the first `low` or `refuse` included. */
  readonly onChange: (reading: DiskReading) => void;
};

/** Says whether there is room, without a timer: it looks when it is asked, at most so often. */
export type DiskWatch = {
  /** Returns what was last seen, at once; asks the disk in the background when that is old. */
  readonly level: () => DiskLevel;
  /** Asks the disk now, whatever it said last. Never rejects. */
  readonly look: () => Promise<DiskReading>;
};

// Once below a limit, room has to exceed it by a tenth: a level that flickers says nothing.
const RECOVERY = 1.1;

/** Returns a watch that has not looked yet, and says `ok` until it has: `look` first at a start. */
export function watchDisk(options: DiskWatchOptions): DiskWatch {
  let reading: DiskReading = { level: 'ok', freeBytes: null, limitBytes: options.warnBytes };
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<DiskReading> | undefined;
  const see = (freeBytes: number | null): DiskReading => {
    const before = reading.level;
    reading = read(options, before, freeBytes);
    looking = undefined;
    if (reading.level !== before) options.onChange(reading);
    return reading;
  };
  const look = (): Promise<DiskReading> => {
    lookedAt = options.clock();
    // A disk that does not even say how full it is will not take another entry either.
    looking ??= options.freeBytes().then(see, () => see(null));
    return looking;
  };
  const level = (): DiskLevel => {
    if (options.clock() - lookedAt >= options.everyMs) void look();
    return reading.level;
  };
  return { level, look };
}

function read(
  { warnBytes, refuseBytes }: DiskWatchOptions,
  before: DiskLevel,
  freeBytes: number | null,
): DiskReading {
  const isBelow = (limit: number, wasBelow: boolean): boolean =>
    freeBytes === null || freeBytes < (wasBelow ? limit * RECOVERY : limit);
  if (isBelow(refuseBytes, before === 'refuse')) {
    return { level: 'refuse', freeBytes, limitBytes: refuseBytes };
  }
  const level = isBelow(warnBytes, before !== 'ok') ? 'low' : 'ok';
  return { level, freeBytes, limitBytes: warnBytes };
}
