import { type ReactElement, useState } from 'react';

import { type ToolRow, useAcceptTool, useToolVersion } from '../../data/agent-tools.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { CodeView } from '../../ui/code-view.tsx';
import { Dialog, DialogFoot } from '../../ui/dialog.tsx';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';
import { Answered } from '../../ui/states.tsx';
import { useToast } from '../../ui/toast.tsx';
import classes from './agent.module.css';

type ToolDialogProps = {
  readonly agent: string;
  readonly row: ToolRow;
  readonly onClose: () => void;
};

/** What a server said of a tool, beside what was accepted; accepting takes a reason. */
export function ToolDialog({ agent, row, onClose }: ToolDialogProps): ReactElement {
  const [isAccepting, setAccepting] = useState(false);
  const answer = useToolVersion(agent, row);
  const mayAccept = useMay('approve') && row.state !== 'pinned';
  if (isAccepting) return <Accept agent={agent} row={row} onClose={onClose} />;
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title={`The tool ${row.tool} of ${row.server}`}
      lead={
        row.signs.length === 0 ? 'As its server described it.' : `Signs: ${row.signs.join(', ')}.`
      }
    >
      <Answered answer={answer} what="the definition">
        {({ offered, accepted }) => (
          <div className={classes['sides']}>
            {accepted !== null && row.state !== 'pinned' && (
              <div>
                <h3>Accepted</h3>
                <CodeView
                  label="the accepted definition"
                  text={JSON.stringify(accepted, null, 2)}
                />
              </div>
            )}
            <div>
              <h3>{row.state === 'quarantined' ? 'Offered now' : 'Offered'}</h3>
              <CodeView
                label="the offered definition"
                text={offered === null ? 'its text is not kept' : JSON.stringify(offered, null, 2)}
              />
            </div>
          </div>
        )}
      </Answered>
      <DialogFoot>
        <Button onClick={onClose}>Close</Button>
        {mayAccept && (
          <Button look="primary" onClick={() => setAccepting(true)}>
            Accept it…
          </Button>
        )}
      </DialogFoot>
    </Dialog>
  );
}

function Accept({ agent, row, onClose }: ToolDialogProps): ReactElement {
  const order = useAcceptTool(agent);
  const say = useToast();
  const accept = (reason: string): void => {
    const onSuccess = (): void => {
      say({ tone: 'good', text: `Accepted ${row.tool} of ${row.server}.` });
      onClose();
    };
    order.mutate({ definition: row.definition, reason }, { onSuccess });
  };
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`Accept ${row.tool}`}
      lead="The tool's name stands for this definition from now on."
      action="Accept it"
      isBusy={order.isPending}
      error={order.error}
      onReason={accept}
    />
  );
}
