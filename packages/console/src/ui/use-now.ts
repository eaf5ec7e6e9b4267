import { useSyncExternalStore } from 'react';

/** The time, renewed four times a minute: one clock for every text that says how long ago. */
export const useNow: () => number = makeClock(15_000);

/** The time to the second: one clock for everything that counts down. */
export const useSecond: () => number = makeClock(1_000);

/** Makes a clock that runs while somebody looks at it, with one timer for all who do. */
function makeClock(everyMs: number): () => number {
  const watchers = new Set<() => void>();
  let nowMs = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = (): void => {
    nowMs = Date.now();
    for (const watcher of watchers) watcher();
  };
  const watch = (watcher: () => void): (() => void) => {
    watchers.add(watcher);
    nowMs = Math.max(nowMs, Date.now());
    timer ??= setInterval(tick, everyMs);
    return () => {
      watchers.delete(watcher);
      if (watchers.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
  return () => useSyncExternalStore(watch, () => nowMs);
}
