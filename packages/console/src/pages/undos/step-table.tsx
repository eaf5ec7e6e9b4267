import type { ReactElement } from 'react';
import { Link } from 'wouter';

import { entryPlace } from '../../data/places.ts';
import { useMay } from '../../data/session.ts';
import { type OpenedUndo, useSettleStep } from '../../data/undos.ts';
import { Button } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { Digest } from '../../ui/digest.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { useToast } from '../../ui/toast.tsx';
import { stepTone } from './undo-words.ts';
import classes from './undos.module.css';

type Step = OpenedUndo['steps'][number];

/** The actions of a set, in the order they are done, and how each stands. */
export function StepTable({ set }: { readonly set: OpenedUndo }): ReactElement {
  return (
    <PlainTable
      nothing="It has no actions."
      rows={set.steps.map((step, place) => [
        String(step.n),
        {
          Action: <Visible text={step.tool} />,
          With: <Arguments args={set.args?.[place] ?? null} isShown={set.args !== null} />,
          'Takes back': <Digest of={step.decision} what="id of the decision" />,
          Entry: <Link href={entryPlace(step.index)}>{step.index}</Link>,
          State: <StepState undo={set.undo} step={step} />,
          Why: <Visible text={step.why ?? ''} />,
        },
      ])}
    />
  );
}

function Arguments({
  args,
  isShown,
}: {
  readonly args: unknown;
  readonly isShown: boolean;
}): ReactElement {
  if (!isShown) return <span className={classes['soft']}>for approvers to see</span>;
  if (args === null) return <span className={classes['soft']}>erased</span>;
  return <Visible text={JSON.stringify(args)} />;
}

function StepState({
  undo,
  step: { n, state },
}: {
  readonly undo: string;
  readonly step: Step;
}): ReactElement {
  const settle = useSettleStep(undo);
  const say = useToast();
  const maySettle = useMay('operate') && state === 'unknown';
  const send = (done: boolean) => (): void =>
    settle.mutate(
      { n, done },
      { onError: (error) => say({ tone: 'danger', text: error.message }) },
    );
  return (
    <span className={classes['state']}>
      <StatePill tone={stepTone(state)}>{state}</StatePill>
      {maySettle && (
        <>
          <Button isSmall disabled={settle.isPending} onClick={send(true)}>
            It happened
          </Button>
          <Button isSmall disabled={settle.isPending} onClick={send(false)}>
            It did not
          </Button>
        </>
      )}
    </span>
  );
}
