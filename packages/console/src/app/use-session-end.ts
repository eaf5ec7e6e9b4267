import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { type ConsoleSession, SESSION_KEY } from '../data/session.ts';
import { live } from '../data/use-live.ts';

// A timer of the browser waits at most so long.
const LONGEST_TIMER_MS = 2_147_483_647;

/** Follows the live stream while somebody is signed in, and notices when their session ends. */
export function useSessionEnd({ expiresAtMs }: ConsoleSession): void {
  const client = useQueryClient();
  useEffect(() => {
    const lookAgain = (): void => void client.invalidateQueries({ queryKey: SESSION_KEY });
    live.onSignedOut = lookAgain;
    live.onBroken = lookAgain;
    // A browser opens six connections to one daemon, whatever the number of its tabs: those that
    // nobody sees must not hold one.
    const follow = (): void => {
      if (document.visibilityState === 'hidden') live.pause();
      else live.start();
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      live.stop();
    };
  }, [client]);
  useEffect(() => {
    if (expiresAtMs === null) return undefined;
    const waitMs = Math.min(Math.max(expiresAtMs - Date.now() + 500, 500), LONGEST_TIMER_MS);
    const timer = setTimeout(
      () => void client.invalidateQueries({ queryKey: SESSION_KEY }),
      waitMs,
    );
    return () => clearTimeout(timer);
  }, [client, expiresAtMs]);
}
