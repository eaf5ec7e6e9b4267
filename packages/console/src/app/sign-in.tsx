import { type FormEvent, type ReactElement, useEffect, useState } from 'react';

import { type ConsoleSession, useSignIn } from '../data/session.ts';
import { Button } from '../ui/button.tsx';
import { Fault, TextField } from '../ui/field.tsx';
import classes from './layout.module.css';

/** Signs a person in, and leaves the address as it is: they go on where they wanted to go. */
export function SignIn({ session }: { readonly session: ConsoleSession }): ReactElement {
  useEffect(() => {
    document.title = 'Sign in · Plumbline';
  }, []);
  return (
    <main className={classes['alone']}>
      <div className={classes['card']}>
        <h1>Sign in to Plumbline</h1>
        {session.ways.some(({ kind }) => kind === 'key') && <KeyForm />}
        <p className={classes['soft']}>
          On the machine of the daemon, <code>plumb console</code> prints a link that signs in once.
        </p>
      </div>
    </main>
  );
}

function KeyForm(): ReactElement {
  const [key, setKey] = useState('');
  const signIn = useSignIn();
  const send = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate({ way: 'key', key: key.trim() });
  };
  return (
    <form onSubmit={send} className={classes['alone']}>
      <TextField
        label="Your key"
        type="password"
        autoComplete="current-password"
        placeholder="plk_…"
        required
        value={key}
        onChange={(event) => setKey(event.target.value)}
      />
      <Fault error={signIn.error} />
      <Button look="primary" type="submit" disabled={signIn.isPending}>
        {signIn.isPending ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  );
}
