import { useEffect, useState } from 'react';

// A timer of the browser waits at most so long.
const LONGEST_TIMER_MS = 2_147_483_647;

/** Returns whether a moment has come; null never does. */
export function useHasCome(atMs: number | null): boolean {
  const [come, setCome] = useState<number | null>(null);
  useEffect(() => {
    if (atMs === null) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    const wait = (): void => {
      const leftMs = atMs - Date.now();
      if (leftMs <= 0) setCome(atMs);
      else timer = setTimeout(wait, Math.min(leftMs, LONGEST_TIMER_MS));
    };
    timer = setTimeout(wait, 0);
    return () => clearTimeout(timer);
  }, [atMs]);
  return atMs !== null && come === atMs;
}
