import { type ReactElement, useEffect, useState } from 'react';
import { useLocation } from 'wouter';

import { hasPasskeys } from '../data/passkey.ts';
import { type ConsoleSession, issuerPlace } from '../data/session.ts';
import { buttonClass } from '../ui/button.tsx';
import { Fault } from '../ui/field.tsx';
import { LinkEntry } from './link-entry.tsx';
import { KeyForm } from './key-form.tsx';
import classes from './layout.module.css';
import { PasskeyButton } from './passkey-button.tsx';
import { takeProblem } from './take-link.ts';

type SignInProps = {
  readonly session: ConsoleSession;
  /** The token of a one-use link, where the address carried one. */
  readonly link: string | null;
  readonly wasSignedIn: boolean;
  readonly onEntered: () => void;
};

/**
 * Signs a person in, and leaves the address as it is: they go on where they wanted to go. A link
 * of `plumb console` carries its token behind the `#`, which no server is ever sent.
 */
export function SignIn({ session, link, wasSignedIn, onEntered }: SignInProps): ReactElement {
  const [path] = useLocation();
  useEffect(() => {
    document.title = 'Sign in · Plumbline';
  }, []);
  const [problem] = useState(takeProblem);
  const offers = (way: string): boolean => session.ways.includes(way);
  const isDeep = path !== '/' && path !== '/sign-in';
  return (
    <main className={classes['alone']}>
      <div className={classes['card']}>
        <h1>Sign in to Plumbline</h1>
        {wasSignedIn && (
          <p className={classes['soft']} role="status">
            Your session has ended. Signing in leads back to where you were.
          </p>
        )}
        {!wasSignedIn && isDeep && (
          <p className={classes['soft']}>Signing in leads on to the page you asked for.</p>
        )}
        {link !== null && <LinkEntry link={link} onEntered={onEntered} />}
        {problem !== null && <Fault error={new Error(problem)} />}
        {offers('passkey') && hasPasskeys() && <PasskeyButton onEntered={onEntered} />}
        {session.issuers.map((issuer) => (
          <a key={issuer.id} href={issuerPlace(issuer)} className={buttonClass({})}>
            Sign in with {issuer.name}
          </a>
        ))}
        {offers('key') && <KeyForm isFirst={link === null} onEntered={onEntered} />}
        <p className={classes['hint']}>
          On the machine of the daemon, <code>plumb console</code> prints a link that signs in once.
        </p>
      </div>
    </main>
  );
}
