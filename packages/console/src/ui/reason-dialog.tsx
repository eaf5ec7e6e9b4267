import {
  type FormEvent,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useState,
} from 'react';

import { Button } from './button.tsx';
import { Dialog, DialogFoot } from './dialog.tsx';
import { Fault, TextArea } from './field.tsx';

const LONGEST_REASON = 1_000;

type ReasonDialogProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What will happen. */
  readonly lead?: ReactNode;
  /** The words of the button that does it. */
  readonly action: string;
  readonly isDanger?: boolean;
  /** Whether everything else is chosen that it takes. */
  readonly isReady?: boolean;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onReason: (reason: string) => void;
  /** More to choose, above the reason. */
  readonly children?: ReactNode;
};

/** Asks for the reason of what somebody is about to do. Without one nothing is done. */
export function ReasonDialog(props: ReasonDialogProps): ReactElement {
  const { isOpen, onClose, title, lead } = props;
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title} lead={lead}>
      <ReasonForm {...props} />
    </Dialog>
  );
}

function ReasonForm(props: ReasonDialogProps): ReactElement {
  const {
    onClose,
    action,
    isDanger = false,
    isReady = true,
    isBusy,
    error,
    onReason,
    children,
  } = props;
  const [reason, setReason] = useState('');
  const isGiven = reason.trim() !== '' && isReady;
  const send = (event?: FormEvent): void => {
    event?.preventDefault();
    if (isGiven && !isBusy) onReason(reason.trim());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
  };
  return (
    <form onSubmit={send} style={{ display: 'contents' }}>
      {children}
      <TextArea
        label="Reason"
        hint="Recorded with your name. Ctrl Enter sends it."
        value={reason}
        maxLength={LONGEST_REASON}
        required
        autoFocus
        onChange={(event) => setReason(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <Fault error={error} />
      <DialogFoot>
        <Button onClick={onClose}>Cancel</Button>
        <Button look={isDanger ? 'danger' : 'primary'} type="submit" disabled={!isGiven || isBusy}>
          {isBusy ? 'Sending…' : action}
        </Button>
      </DialogFoot>
    </form>
  );
}
