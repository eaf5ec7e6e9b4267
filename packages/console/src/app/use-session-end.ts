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
    live.start();
    return () => live.stop();
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
