import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

import { type ConsoleSession, SESSION_KEY } from '../data/session.ts';
import { shownSignIn } from '../data/shown-sign-in.ts';
import { hearWindows } from '../data/windows.ts';
import { useForgetToasts, useToast } from '../ui/toast.tsx';

/**
 * Follows who is signed in with this browser, whichever window changed it. What the one before was
 * shown is gone at once, before it is known who came.
 */
export function useOtherWindows(session: ConsoleSession | undefined): void {
  const client = useQueryClient();
  const say = useToast();
  const forget = useForgetToasts();
  // Whom this window showed when another one signed in somebody.
  const before = useRef<string | null>(null);
  const person = session?.person ?? null;
  const shown = useRef(person);
  const isKnown = session !== undefined;
  const name = session?.name ?? '';
  useEffect(() => {
    if (!isKnown || shown.current === person) return;
    shown.current = person;
    forget();
    if (person !== null && before.current !== null && before.current !== person) {
      say({ tone: 'warn', text: `In another window ${name} signed in` });
    }
    before.current = null;
  }, [isKnown, person, name, say, forget]);
  useEffect(() => {
    const hide = (): void => void client.resetQueries({ queryKey: SESSION_KEY, exact: true });
    const stop = hearWindows(({ signIn, idleAtMs }) => {
      if (signIn !== shownSignIn()) {
        before.current = signIn === null ? null : shown.current;
        hide();
      } else if (idleAtMs !== null) {
        client.setQueryData<ConsoleSession>(
          SESSION_KEY,
          (known) => known && { ...known, idleAtMs },
        );
      }
    });
    // A page that the browser brings back as it was shows what it showed then.
    const comeBack = (event: PageTransitionEvent): void => {
      if (event.persisted) hide();
    };
    globalThis.addEventListener('pageshow', comeBack);
    return () => {
      stop();
      globalThis.removeEventListener('pageshow', comeBack);
    };
  }, [client]);
}
