import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';

import { askPasskey } from '../data/passkey.ts';
import { useSignIn } from '../data/session.ts';
import { Button } from '../ui/button.tsx';
import { EntryFault } from './entry-fault.tsx';
import classes from './layout.module.css';

/** Signs in by a passkey, which says itself whose it is. */
export function PasskeyButton({ onEntered }: { readonly onEntered: () => void }): ReactElement {
  const signIn = useSignIn();
  const entry = useMutation({
    mutationFn: async () => signIn.mutateAsync(await askPasskey()),
    onSuccess: onEntered,
  });
  return (
    <div className={classes['form']}>
      <Button look="primary" disabled={entry.isPending} onClick={() => entry.mutate()}>
        {entry.isPending ? 'Waiting for your passkey…' : 'Sign in with a passkey'}
      </Button>
      <EntryFault error={entry.error} />
    </div>
  );
}
