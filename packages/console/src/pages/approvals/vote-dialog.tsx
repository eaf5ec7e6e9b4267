import { type ReactElement, useState } from 'react';

import { type OpenedAsk, useVote, type Word } from '../../data/approvals.ts';
import { type Proving, wantsProof } from '../../data/proofs.ts';
import { Button } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Dialog, DialogFoot } from '../../ui/dialog.tsx';
import { ProofFields } from '../../ui/proof-fields.tsx';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';
import { useToast } from '../../ui/toast.tsx';
import { type Along, EqualFields } from './equal-fields.tsx';
import { endText } from './ask-words.ts';

type VoteDialogProps = {
  readonly ask: OpenedAsk;
  readonly outcome: 'approve' | 'deny';
  readonly onClose: () => void;
};

/** Takes one person's word. Where another was quicker it says who, and what they said. */
export function VoteDialog(props: VoteDialogProps): ReactElement {
  const { ask, onClose } = props;
  return ask.state === 'pending' ? (
    <VoteForm {...props} />
  ) : (
    <Dialog isOpen onClose={onClose} title="It was decided meanwhile">
      <p role="alert">
        <Visible text={endText(ask)} />
      </p>
      <p>Your word was not taken: there is nothing left to decide.</p>
      <DialogFoot>
        <Button look="primary" autoFocus onClick={onClose}>
          Close
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

function VoteForm({ ask, outcome, onClose }: VoteDialogProps): ReactElement {
  const [proving, setProving] = useState<Proving | null>(null);
  const [along, setAlong] = useState<Along>(new Map());
  const vote = useVote(ask.id);
  const say = useToast();
  const isApproving = outcome === 'approve';
  const needsProof = proving !== null || wantsProof(vote.error);
  const send = (reason: string): void => {
    vote.mutate(
      { outcome, reason, proving, along: reasonsOf(along, reason) },
      {
        onSuccess: () => {
          const did = isApproving ? 'Approved' : 'Denied';
          const more = along.size === 0 ? '' : ` and ${along.size} equal`;
          say({ tone: 'good', text: `${did} ${ask.tool} by ${ask.agent}${more}.` });
          onClose();
        },
      },
    );
  };
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`${isApproving ? 'Approve' : 'Deny'} ${ask.tool} by ${ask.agent}`}
      lead={<Lead ask={ask} isApproving={isApproving} />}
      action={isApproving ? 'Approve' : 'Deny'}
      isDanger={!isApproving}
      isBusy={vote.isPending}
      error={vote.error}
      onReason={send}
    >
      <EqualFields equal={ask.equal} along={along} onChange={setAlong} />
      {needsProof && <ProofFields proving={proving} onChange={setProving} />}
    </ReasonDialog>
  );
}

function reasonsOf(along: Along, same: string): Word['along'] {
  return [...along].map(([id, reason]) => [id, reason.trim() === '' ? same : reason.trim()]);
}

function Lead({
  ask,
  isApproving,
}: {
  readonly ask: OpenedAsk;
  readonly isApproving: boolean;
}): ReactElement {
  return (
    <>
      {isApproving
        ? 'This exact action may happen once, if the agent asks again in time.'
        : 'This exact action is refused for 24 hours, or as long as its session is open.'}{' '}
      Runs out in <Countdown until={ask.expiresAtMs} />.
    </>
  );
}
