import { type ReactElement, useState } from 'react';

import { type Proving, wantsProof } from '../../data/proofs.ts';
import { useMay } from '../../data/session.ts';
import { type UndoSet, useUndoVote } from '../../data/undos.ts';
import { Button } from '../../ui/button.tsx';
import { ProofFields } from '../../ui/proof-fields.tsx';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useLetterKeys } from '../../ui/use-letter-keys.ts';
import classes from './undos.module.css';

type Outcome = 'approve' | 'deny';

/** The word of another person than asked: `a` approves, `d` denies, each with a reason. */
export function DecideUndo({ set }: { readonly set: UndoSet }): ReactElement | null {
  const [open, setOpen] = useState<Outcome | null>(null);
  const mayVote = useMay('approve') && set.state === 'pending';
  const start = (outcome: Outcome) => (): void => {
    if (mayVote) setOpen(outcome);
  };
  useLetterKeys({ a: start('approve'), d: start('deny') });
  if (!mayVote) return null;
  return (
    <div className={classes['decide']}>
      <Button look="primary" aria-keyshortcuts="a" onClick={start('approve')}>
        Approve… <kbd className={classes['key']}>a</kbd>
      </Button>
      <Button look="outlined-danger" aria-keyshortcuts="d" onClick={start('deny')}>
        Deny… <kbd className={classes['key']}>d</kbd>
      </Button>
      {open !== null && <Word set={set} outcome={open} onClose={() => setOpen(null)} />}
    </div>
  );
}

function Word({
  set,
  outcome,
  onClose,
}: {
  readonly set: UndoSet;
  readonly outcome: Outcome;
  readonly onClose: () => void;
}): ReactElement {
  const [proving, setProving] = useState<Proving | null>(null);
  const vote = useUndoVote(set);
  const say = useToast();
  const isApproving = outcome === 'approve';
  const send = (reason: string): void => {
    vote.mutate(
      { outcome, reason, proving },
      {
        onSuccess: () => {
          say({ tone: 'good', text: isApproving ? 'Approved: it can be run.' : 'Denied.' });
          onClose();
        },
      },
    );
  };
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`${isApproving ? 'Approve' : 'Deny'} taking back ${set.steps.length} actions`}
      lead={
        isApproving
          ? 'Exactly these actions, in this order and no others. Somebody still has to run them.'
          : 'None of them is done.'
      }
      action={isApproving ? 'Approve' : 'Deny'}
      isDanger={!isApproving}
      isBusy={vote.isPending}
      error={vote.error}
      onReason={send}
    >
      {(proving !== null || wantsProof(vote.error)) && (
        <ProofFields proving={proving} onChange={setProving} />
      )}
    </ReasonDialog>
  );
}
