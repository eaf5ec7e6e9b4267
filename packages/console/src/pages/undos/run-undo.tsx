import { type ReactElement, useState } from 'react';

import { useMay } from '../../data/session.ts';
import { type UndoSet, useRunUndo, useWithdrawUndo } from '../../data/undos.ts';
import { Button } from '../../ui/button.tsx';
import { Fault } from '../../ui/field.tsx';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';
import { useToast } from '../../ui/toast.tsx';
import classes from './undos.module.css';

/** Does what was approved, goes on, tries again, or gives up the rest. */
export function RunUndo({ set }: { readonly set: UndoSet }): ReactElement | null {
  const run = useRunUndo(set.undo);
  if (!useMay('operate')) return null;
  const { state, steps } = set;
  const hasFailed = steps.some((step) => step.state === 'failed' || step.state === 'refused');
  const canRun = state === 'approved' || state === 'stopped';
  const canGiveUp = canRun || state === 'pending';
  if (!canRun && !canGiveUp) return null;
  return (
    <div className={classes['decide']}>
      {canRun && (
        <Button look="primary" disabled={run.isPending} onClick={() => run.mutate(false)}>
          {state === 'approved' ? 'Run it' : 'Go on'}
        </Button>
      )}
      {state === 'stopped' && hasFailed && (
        <Button disabled={run.isPending} onClick={() => run.mutate(true)}>
          Try again what failed
        </Button>
      )}
      {canGiveUp && <GiveUp undo={set.undo} />}
      <Fault error={run.error} />
    </div>
  );
}

function GiveUp({ undo }: { readonly undo: string }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const withdraw = useWithdrawUndo(undo);
  const say = useToast();
  const send = (reason: string): void =>
    withdraw.mutate(reason, {
      onSuccess: () => {
        say({ tone: 'good', text: 'Given up: nothing more of it is done.' });
        setOpen(false);
      },
    });
  return (
    <>
      <Button onClick={() => setOpen(true)}>Give up…</Button>
      <ReasonDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title="Give up what was not done"
        lead="What was done stays done. Nothing more of it is."
        action="Give up"
        isDanger
        isBusy={withdraw.isPending}
        error={withdraw.error}
        onReason={send}
      />
    </>
  );
}
