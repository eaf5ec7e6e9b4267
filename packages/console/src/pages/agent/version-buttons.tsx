import { type ReactElement, type ReactNode, useState } from 'react';

import { type PactRow, useApprovePact, useEndShadow, useRollbackPact } from '../../data/pacts.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogFoot } from '../../ui/dialog.tsx';
import { Fault } from '../../ui/field.tsx';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';
import { useToast } from '../../ui/toast.tsx';
import { MeaningOf } from './meaning-diff.tsx';

type VersionButtonsProps = { readonly agent: string; readonly row: PactRow };

/** What a person may do with a version: arm it again, give the second word, end the shadow. */
export function VersionButtons(props: VersionButtonsProps): ReactNode {
  const mayPublish = useMay('administer');
  const mayApprove = useMay('approve');
  switch (props.row.state) {
    case 'earlier':
      return mayPublish && <RollBack {...props} />;
    case 'proposed':
      return mayApprove && <Approve {...props} />;
    case 'shadow':
      return mayPublish && <EndShadow {...props} />;
    case 'armed':
    case 'withdrawn':
      return null;
  }
}

function RollBack({ agent, row }: VersionButtonsProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const order = useRollbackPact(agent);
  const say = useToast();
  const roll = (reason: string): void => {
    const onSuccess = (): void => {
      say({ tone: 'good', text: `${agent} runs under the earlier version again.` });
      setOpen(false);
    };
    order.mutate({ digest: row.digest, reason }, { onSuccess });
  };
  return (
    <>
      <Button isSmall onClick={() => setOpen(true)}>
        Roll back…
      </Button>
      <ReasonDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title="Roll back to this version"
        lead="It is armed again at once; approvals of the pact that runs now are void."
        action="Roll back"
        isBusy={order.isPending}
        error={order.error}
        onReason={roll}
      >
        <MeaningOf agent={agent} digest={row.digest} />
      </ReasonDialog>
    </>
  );
}

function Approve({ agent, row }: VersionButtonsProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const order = useApprovePact(agent);
  const say = useToast();
  const approve = (): void => {
    const onSuccess = (): void => {
      say({ tone: 'good', text: `${agent} runs under the version you approved.` });
      setOpen(false);
    };
    order.mutate(row.digest, { onSuccess });
  };
  return (
    <>
      <Button isSmall look="primary" onClick={() => setOpen(true)}>
        Approve…
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title="Give the second word"
        lead="Publishing takes two people here. Your word arms this version at once."
      >
        <MeaningOf agent={agent} digest={row.digest} />
        <Fault error={order.error} />
        <DialogFoot>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button look="primary" disabled={order.isPending} onClick={approve}>
            Approve and arm it
          </Button>
        </DialogFoot>
      </Dialog>
    </>
  );
}

function EndShadow({ agent }: VersionButtonsProps): ReactElement {
  const order = useEndShadow(agent);
  const say = useToast();
  const end = (): void =>
    order.mutate(undefined, {
      onSuccess: () => say({ tone: 'good', text: 'The shadow is ended.' }),
      onError: ({ message }) => say({ tone: 'danger', text: message }),
    });
  return (
    <Button isSmall disabled={order.isPending} onClick={end}>
      End the shadow
    </Button>
  );
}
