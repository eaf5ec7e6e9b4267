import { type ReactElement, useEffect } from 'react';
import { useLocation } from 'wouter';

import { hasPasskeys } from '../data/passkey.ts';
import { type ConsoleSession, issuerPlace } from '../data/session.ts';
import { buttonClass } from '../ui/button.tsx';
import { EntryFault } from './entry-fault.tsx';
import { KeyForm } from './key-form.tsx';
import classes from './layout.module.css';
import { LinkEntry } from './link-entry.tsx';
import { PasskeyButton } from './passkey-button.tsx';
import { problemWords } from './sign-in-problems.ts';
import type { CarriedLink } from './take-fragment.ts';

type SignInProps = {
  readonly session: ConsoleSession;
  /** The one-use link, where the address carried one. */
  readonly link: CarriedLink | null;
  /** Why signing in with an issuer came to nothing, where it did. */
  readonly problem: string | null;
  readonly wasSignedIn: boolean;
  readonly onEntered: () => void;
};

/**
 * Signs a person in, and leaves the address as it is: they go on where they wanted to go. A link
 * of `plumb console` carries its token behind the `#`, which no server is ever sent.
 */
export function SignIn(props: SignInProps): ReactElement {
  const { session, link, problem, wasSignedIn, onEntered } = props;
  useEffect(() => {
    document.title = 'Sign in · Plumbline';
  }, []);
  const isSwitching = session.person !== null;
  return (
    <main className={classes['alone']}>
      <div className={classes['card']}>
        <h1>Sign in to Plumbline</h1>
        {link === null && <Greeting wasSignedIn={wasSignedIn} />}
        {link !== null && (
          <LinkEntry key={link.token} link={link} session={session} onEntered={onEntered} />
        )}
        {problem !== null && <EntryFault error={new Error(problemWords(problem))} />}
        {!isSwitching && <Ways session={session} isAlone={link === null} onEntered={onEntered} />}
      </div>
    </main>
  );
}

function Greeting({ wasSignedIn }: { readonly wasSignedIn: boolean }): ReactElement | null {
  const [path] = useLocation();
  if (wasSignedIn) {
    return (
      <p className={classes['soft']} role="status">
        Your session has ended. Signing in leads back to where you were.
      </p>
    );
  }
  if (path === '/' || path === '/sign-in') return null;
  return <p className={classes['soft']}>Signing in leads on to the page you asked for.</p>;
}

/** Every way the daemon offers. */
function Ways({
  session,
  isAlone,
  onEntered,
}: {
  readonly session: ConsoleSession;
  readonly isAlone: boolean;
  readonly onEntered: () => void;
}): ReactElement {
  const offers = (way: string): boolean => session.ways.includes(way);
  const takesPasskey = offers('passkey') && hasPasskeys();
  return (
    <>
      {takesPasskey && <PasskeyButton onEntered={onEntered} />}
      {session.issuers.map((issuer) => (
        <a key={issuer.id} href={issuerPlace(issuer)} className={buttonClass({})}>
          Sign in with {issuer.name}
        </a>
      ))}
      {offers('key') && (
        <KeyForm isFirst={isAlone} isMain={!takesPasskey && isAlone} onEntered={onEntered} />
      )}
      <p className={classes['hint']}>
        On the machine of the daemon, <code>plumb console</code> prints a link that signs in once.
      </p>
    </>
  );
}
