import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { type ConsoleSession, SESSION_KEY } from '../data/session.ts';
import { live } from '../data/use-live.ts';
import { useHasCome } from './use-has-come.ts';

// What is over by this clock may last a little longer by the daemon's.
const GRACE_MS = 500;
const AGAIN_MS = 5_000;
const TOUCHING = new Set(['break_glass', 'break_glass_ended']);

/** Returns when a session ends unless somebody does something; null: nobody is signed in. */
export function endOf({ expiresAtMs, idleAtMs }: ConsoleSession): number | null {
  if (expiresAtMs === null) return idleAtMs;
  return idleAtMs === null ? expiresAtMs : Math.min(expiresAtMs, idleAtMs);
}

/** Follows the live stream while somebody is signed in, and notices when their session ends. */
export function useSessionEnd(session: ConsoleSession): void {
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
  // Roles come and go with an emergency, and whoever has more of them sees more.
  useEffect(() => {
    const lookAgain = (): void => void client.invalidateQueries({ queryKey: SESSION_KEY });
    return live.listen((rows) => {
      if (rows === 'everything' || rows.some(({ kind }) => TOUCHING.has(kind))) lookAgain();
    });
  }, [client]);
  const end = endOf(session);
  const isOver = useHasCome(end === null ? null : end + GRACE_MS);
  useEffect(() => {
    if (!isOver) return undefined;
    const lookAgain = (): void => void client.invalidateQueries({ queryKey: SESSION_KEY });
    lookAgain();
    const timer = setInterval(lookAgain, AGAIN_MS);
    return () => clearInterval(timer);
  }, [client, isOver]);
}
