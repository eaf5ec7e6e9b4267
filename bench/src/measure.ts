/** Several rounds of one measurement: the middle one, and how far the others were from it. */
export type Spread = { readonly median: number; readonly least: number; readonly greatest: number };

/** Latencies in microseconds. */
export type Latency = { readonly p50: number; readonly p99: number; readonly p999: number };

const ROUNDS = 7;

/** Returns the spread of some values, at least one. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { median: at(0.5), least: at(0), greatest: at(1) };
}

/**
 * Returns how often per second of one core a piece of work is done, over seven rounds after two to
 * warm up. The time is CPU time of all threads, the collector's included, so that neighbours on
 * the machine do not count.
 *
 * round: does the work and returns how often. A round is repeated until it has taken `leastMs`.
 */
export function rateOf(round: () => number, leastMs = 400): Spread {
  const rates: number[] = [];
  for (let index = -2; index < ROUNDS; index += 1) {
    const rate = oneRate(round, leastMs);
    if (index >= 0) rates.push(rate);
  }
  return spreadOf(rates);
}

function oneRate(round: () => number, leastMs: number): number {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  let count = 0;
  do count += round();
  while (performance.now() - startedMs < leastMs);
  const { user, system } = process.cpuUsage(before);
  return (count * 1_000_000) / (user + system);
}

/** A stopwatch for single steps. `lap` ends one step and begins the next. */
export class Stopwatch {
  readonly #laps: number[] = [];
  #since: bigint = process.hrtime.bigint();

  /** Begins a step. */
  start(): void {
    this.#since = process.hrtime.bigint();
  }

  /** Ends a step, and begins the next. */
  lap(): void {
    const now = process.hrtime.bigint();
    this.#laps.push(Number(now - this.#since));
    this.#since = process.hrtime.bigint();
  }

  /** Returns the latencies of all steps, what the clock itself takes being subtracted. */
  latency(): Latency {
    const own = ownNs();
    const sorted = Float64Array.from(this.#laps).sort();
    const at = (share: number): number => {
      const ns = (sorted[Math.floor(share * (sorted.length - 1))] ?? 0) - own;
      return Math.max(ns, 0) / 1_000;
    };
    return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
  }
}

function ownNs(): number {
  const laps = Array.from({ length: 10_000 }, () => {
    const since = process.hrtime.bigint();
    return Number(process.hrtime.bigint() - since);
  });
  return spreadOf(laps).median;
}

/** Returns the bytes in use on the heap after a full collection. */
export function heapBytes(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('run node with --expose-gc');
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}
