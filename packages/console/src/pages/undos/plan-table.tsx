import { type ReactElement, useState } from 'react';
import { Link, useLocation } from 'wouter';

import { entryPlace } from '../../data/places.ts';
import { useMay } from '../../data/session.ts';
import { type PlannedAction, type Selection, type UndoPlan, useAskUndo } from '../../data/undos.ts';
import { Button } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { Section } from '../../ui/page.tsx';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { useToast } from '../../ui/toast.tsx';
import { FillField } from './fill-field.tsx';
import classes from './undos.module.css';

type Choosing = Pick<Selection, 'leave' | 'fill'>;

type PlanTableProps = {
  readonly plan: UndoPlan;
  readonly selection: Selection;
  readonly onChange: (chosen: Choosing) => void;
};

/** What would be done, action by action, with what a person leaves out and fills in. */
export function PlanTable({ plan, selection, onChange }: PlanTableProps): ReactElement {
  const ready = plan.actions.filter(({ can }) => can === 'ready');
  const open = plan.actions.filter(({ can }) => can === 'fill');
  return (
    <Section
      title="What would be done"
      actions={<AskButton selection={selection} count={ready.length} isWhole={open.length === 0} />}
    >
      <PlainTable
        nothing="The agent did nothing there that changed anything."
        rows={plan.actions.map((action) => [
          action.decision,
          {
            'Takes back': <TakenBack action={action} />,
            By: action.undo === null ? 'nothing' : <Visible text={action.undo} />,
            With: <Visible text={action.args === null ? '' : JSON.stringify(action.args)} />,
            But: <Obstacle action={action} selection={selection} onChange={onChange} />,
          },
        ])}
      />
      <LeftOut selection={selection} onChange={onChange} />
      {plan.reads > 0 && (
        <p className={classes['soft']}>{plan.reads} more only read: nothing takes that back.</p>
      )}
    </Section>
  );
}

function TakenBack({ action: { tool, index } }: { readonly action: PlannedAction }): ReactElement {
  return (
    <>
      <Visible text={tool ?? 'a tool no pact declares'} />{' '}
      <Link href={entryPlace(index)} aria-label={`Entry ${index}`}>
        {index}
      </Link>
    </>
  );
}

function Obstacle({
  action,
  selection,
  onChange,
}: {
  readonly action: PlannedAction;
  readonly selection: Selection;
  readonly onChange: (chosen: Choosing) => void;
}): ReactElement | null {
  const { leave, fill } = selection;
  const { decision, can, say, missing } = action;
  if (can === 'cannot') {
    return (
      <>
        <StatePill tone="danger">stays</StatePill> <Visible text={say ?? ''} />
      </>
    );
  }
  return (
    <div className={classes['choices']}>
      {can === 'fill' && (
        <FillField
          missing={missing}
          onFill={(args) => onChange({ leave, fill: { ...fill, [decision]: args } })}
        />
      )}
      <Button isSmall look="quiet" onClick={() => onChange({ leave: [...leave, decision], fill })}>
        Leave it as it is
      </Button>
    </div>
  );
}

function LeftOut({
  selection: { leave },
  onChange,
}: {
  readonly selection: Selection;
  readonly onChange: (chosen: Choosing) => void;
}): ReactElement | null {
  if (leave.length === 0) return null;
  return (
    <p className={classes['soft']}>
      {leave.length} left as they are.{' '}
      <Button isSmall look="quiet" onClick={() => onChange({ leave: [], fill: {} })}>
        Start again
      </Button>
    </p>
  );
}

function AskButton({
  selection,
  count,
  isWhole,
}: {
  readonly selection: Selection;
  readonly count: number;
  readonly isWhole: boolean;
}): ReactElement | null {
  const [isOpen, setOpen] = useState(false);
  const [goOn, setGoOn] = useState(false);
  const [, navigate] = useLocation();
  const ask = useAskUndo();
  const say = useToast();
  if (!useMay('operate')) return null;
  const send = (reason: string): void => {
    ask.mutate(
      { selection, goOn, reason },
      {
        onSuccess: ({ undo }) => {
          say({ tone: 'good', text: 'Asked. Another person has to approve exactly this.' });
          navigate(`/undos/${undo}`);
        },
      },
    );
  };
  return (
    <>
      <Button look="primary" disabled={count === 0 || !isWhole} onClick={() => setOpen(true)}>
        Ask for {count === 1 ? 'this action' : `these ${count} actions`}…
      </Button>
      <ReasonDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title="Ask another person"
        lead="Exactly these actions, in this order, each through the guard like any other."
        action="Ask"
        isBusy={ask.isPending}
        error={ask.error}
        onReason={send}
      >
        <label className={classes['check']}>
          <input
            type="checkbox"
            checked={goOn}
            onChange={(event) => setGoOn(event.target.checked)}
          />
          Go on with what follows where one could not be done
        </label>
      </ReasonDialog>
    </>
  );
}
