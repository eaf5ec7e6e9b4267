import { type ReactElement, useState } from 'react';

import { type HaltTarget, useResumeOrder } from '../../data/halts.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../button.tsx';
import { ReasonDialog } from '../reason-dialog.tsx';
import { useToast } from '../toast.tsx';
import { HaltDialog } from './halt-dialog.tsx';
import { targetText } from './halt-words.ts';

type HaltButtonProps = {
  readonly target: HaltTarget;
  readonly isSmall?: boolean;
};

/** Halts something in two presses with a reason. Nothing where the reader has not the right. */
export function HaltButton({ target, isSmall = false }: HaltButtonProps): ReactElement | null {
  const [isOpen, setOpen] = useState(false);
  if (!useMay('halt')) return null;
  return (
    <>
      <Button
        look="outlined-danger"
        isSmall={isSmall}
        aria-label={`Halt ${targetText(target)}`}
        onClick={() => setOpen(true)}
      >
        Halt
      </Button>
      {isOpen && <HaltDialog isOpen onClose={() => setOpen(false)} first={target} />}
    </>
  );
}

/** Lets what is halted go on, in two presses with a reason. */
export function ResumeButton({ target, isSmall = false }: HaltButtonProps): ReactElement | null {
  const [isOpen, setOpen] = useState(false);
  const order = useResumeOrder();
  const say = useToast();
  if (!useMay('operate')) return null;
  const resume = (reason: string): void => {
    order.mutate(
      { ...target, reason },
      {
        onSuccess: () => {
          say({ tone: 'good', text: `Resumed ${targetText(target)}.` });
          setOpen(false);
        },
      },
    );
  };
  return (
    <>
      <Button isSmall={isSmall} onClick={() => setOpen(true)}>
        Resume
      </Button>
      <ReasonDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={`Resume ${targetText(target)}`}
        lead="Lifts what was halted up to now. What was cancelled does not come back."
        action={`Resume ${targetText(target)}`}
        isBusy={order.isPending}
        error={order.error}
        onReason={resume}
      />
    </>
  );
}
