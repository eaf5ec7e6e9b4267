import type { ReactElement } from 'react';

import { useSession } from '../data/session.ts';
import { isSignedOut } from '../data/problem.ts';
import { ErrorState, LoadState } from '../ui/states.tsx';
import classes from './layout.module.css';
import { Layout } from './layout.tsx';
import { SignIn } from './sign-in.tsx';

/**
 * The console for who is signed in, and the sign-in page for who is not. The address stays as it
 * is, so that signing in leads to where the reader wanted to go.
 */
export function Door(): ReactElement {
  const session = useSession();
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
  return session.data.person === null ? (
    <SignIn session={session.data} />
  ) : (
    <Layout session={session.data} />
  );
}
