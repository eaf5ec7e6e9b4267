import { type ReactElement, useState } from 'react';

import { isSignedOut } from '../data/problem.ts';
import { useOnePerson, useSession } from '../data/session.ts';
import { ErrorState, LoadState } from '../ui/states.tsx';
import classes from './layout.module.css';
import { Layout } from './layout.tsx';
import { SignIn } from './sign-in.tsx';
import { takeLink } from './take-link.ts';

/**
 * The console for who is signed in, and the sign-in page for who is not. The address stays as it
 * is, so that signing in leads to where the reader wanted to go.
 */
export function Door(): ReactElement {
  const session = useSession();
  const person = session.data?.person ?? null;
  useOnePerson(person);
  const [before, setBefore] = useState<string | null>(null);
  const [link, setLink] = useState(takeLink);
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
  if (person !== null && link === null) return <Layout session={session.data} />;
  return (
    <SignIn
      session={session.data}
      link={link}
      wasSignedIn={person === null && before !== null}
      onEntered={() => setLink(null)}
    />
  );
}
