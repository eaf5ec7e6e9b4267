import { useEffect } from 'react';

import { type ConsoleSession, useBeingHere } from '../data/session.ts';

// Of a person's doings few need to be told: the daemon counts in minutes.
const LONGEST_MS = 30_000;
const PART = 6;
const DOINGS = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const;

/**
 * Tells the daemon now and then that somebody is here, by what they do: press, type, turn a wheel.
 * What the page asks by itself keeps nobody signed in.
 */
export function usePresence({ idleMs }: ConsoleSession): void {
  const { mutate: sayHere } = useBeingHere();
  useEffect(() => {
    if (idleMs === null) return undefined;
    const everyMs = Math.min(LONGEST_MS, idleMs / PART);
    let toldMs = -Infinity;
    const act = (event: Event): void => {
      if (!event.isTrusted || Date.now() - toldMs < everyMs) return;
      toldMs = Date.now();
      sayHere();
    };
    const how = { capture: true, passive: true };
    for (const doing of DOINGS) document.addEventListener(doing, act, how);
    return () => {
      for (const doing of DOINGS) document.removeEventListener(doing, act, how);
    };
  }, [idleMs, sayHere]);
}
