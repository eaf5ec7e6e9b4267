import { type ReactElement, useEffect, useState } from 'react';

import { isSignedOut } from '../data/problem.ts';
import { useSession } from '../data/session.ts';
import { ErrorState, LoadState } from '../ui/states.tsx';
import classes from './layout.module.css';
import { Layout } from './layout.tsx';
import { SignIn } from './sign-in.tsx';
import { takeLink, takeProblem } from './take-fragment.ts';
import { useOtherWindows } from './use-other-windows.ts';

/**
 * The console for who is signed in, and the sign-in page for who is not. The address stays as it
 * is, so that signing in leads to where the reader wanted to go.
 */
export function Door(): ReactElement {
  const session = useSession();
  const person = session.data?.person ?? null;
  useOtherWindows(session.data);
  const [before, setBefore] = useState<string | null>(null);
  const { link, dropLink } = useCarriedLink();
  const [problem] = useState(takeProblem);
  // Whoever was signed in and is no more is told so, instead of being greeted.
  if (person !== null && person !== before) setBefore(person);
  if (session.data === undefined) {
    return (
      <div className={classes['alone']}>
        {session.isError && !isSignedOut(session.error) ? (
          <ErrorState
            error={session.error}
            what="the console"
            onRetry={() => void session.refetch()}
          />
        ) : (
          <LoadState what="the console" />
        )}
      </div>
    );
  }
  // Nothing of what one person did here goes over to another.
  if (person !== null && link === null) return <Layout key={person} session={session.data} />;
  return (
    <SignIn
      session={session.data}
      link={link}
      problem={problem}
      wasSignedIn={person === null && before !== null}
      onEntered={dropLink}
    />
  );
}

/** The one-use link of the address, also of one that is pasted into an open window. */
function useCarriedLink() {
  const [link, setLink] = useState(takeLink);
  useEffect(() => {
    const look = (): void => {
      const carried = takeLink();
      // A page of others can change what stands behind the `#` of a window that it opened.
      if (carried !== null) setLink({ ...carried, isLed: true });
    };
    globalThis.addEventListener('hashchange', look);
    return () => globalThis.removeEventListener('hashchange', look);
  }, []);
  return { link, dropLink: () => setLink(null) };
}
