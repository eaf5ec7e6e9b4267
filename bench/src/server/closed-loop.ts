/** What one round of one contestant showed. Latencies are wall time of single calls, in ms. */
export type Round = { readonly perSecond: number; readonly p50Ms: number; readonly p99Ms: number };

/** Writers that each wait for their answer before they ask again. */
export type Load = {
  readonly writers: number;
  /** One call of a writer; resolves when it is answered. */
  readonly call: (writer: number) => Promise<unknown>;
  /** What a writer does before a call: inside the rate, outside the latency. */
  readonly before?: (writer: number) => Promise<unknown>;
};

/** Runs a closed loop for a time. Calls that end after it are waited for and not counted. */
export async function runFor({ writers, call, before }: Load, leastMs: number): Promise<Round> {
  const laps: number[] = [];
  const startedMs = performance.now();
  const untilMs = startedMs + leastMs;
  const write = async (writer: number): Promise<void> => {
    while (performance.now() < untilMs) {
      await before?.(writer);
      const from = performance.now();
      await call(writer);
      const after = performance.now();
      if (after <= untilMs) laps.push(after - from);
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return roundOf(laps, leastMs);
}

/** Returns the rate and the quantiles of the latencies that were taken in a time. */
export function roundOf(laps: readonly number[], tookMs: number): Round {
  const sorted = Float64Array.from(laps).sort();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { perSecond: (laps.length * 1_000) / tookMs, p50Ms: at(0.5), p99Ms: at(0.99) };
}
