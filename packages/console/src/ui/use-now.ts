import { useSyncExternalStore } from 'react';

const EVERY_MS = 15_000;
const watchers = new Set<() => void>();
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** The time, renewed four times a minute: one clock for every text that says how long ago. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => nowMs);
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  nowMs = Math.max(nowMs, Date.now());
  timer ??= setInterval(tick, EVERY_MS);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  nowMs = Date.now();
  for (const watcher of watchers) watcher();
}
