import { type ReactElement, useState } from 'react';

import type { OpenedAsk } from '../../data/approvals.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { useLetterKeys } from '../../ui/use-letter-keys.ts';
import classes from './approvals.module.css';
import { VoteDialog } from './vote-dialog.tsx';

type Outcome = 'approve' | 'deny';

/** The two keys: `a` approves, `d` denies, each with a reason. Nothing where one may not. */
export function Decide({ ask }: { readonly ask: OpenedAsk }): ReactElement | null {
  const [open, setOpen] = useState<Outcome | null>(null);
  const mayVote = useMay('approve');
  const isWaiting = ask.state === 'pending';
  const start = (outcome: Outcome) => (): void => {
    if (mayVote && isWaiting) setOpen(outcome);
  };
  useLetterKeys({ a: start('approve'), d: start('deny') });
  if (!mayVote) return null;
  return (
    <>
      {isWaiting && (
        <div className={classes['decide']}>
          <Button look="primary" aria-keyshortcuts="a" onClick={start('approve')}>
            Approve… <kbd className={classes['key']}>a</kbd>
          </Button>
          <Button look="outlined-danger" aria-keyshortcuts="d" onClick={start('deny')}>
            Deny… <kbd className={classes['key']}>d</kbd>
          </Button>
        </div>
      )}
      {open !== null && <VoteDialog ask={ask} outcome={open} onClose={() => setOpen(null)} />}
    </>
  );
}
