import { type ReactElement, useState } from 'react';
import { Link } from 'wouter';

import { type GateRow, useDecideGate } from '../../data/agent-people.ts';
import { sessionPlace } from '../../data/places.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { Section } from '../../ui/page.tsx';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Time } from '../../ui/time.tsx';
import { useToast } from '../../ui/toast.tsx';
import classes from './agent.module.css';

/** The gates of an agent that are shut, and a person's word on each. */
export function GateTable({
  agent,
  gates,
}: {
  readonly agent: string;
  readonly gates: readonly GateRow[];
}): ReactElement {
  return (
    <Section title="Gates that are shut">
      <PlainTable
        nothing=""
        rows={gates.map((gate) => [
          `${gate.category} ${gate.session ?? ''}`,
          {
            Category: gate.category,
            State: (
              <StatePill tone={gate.state === 'kept' ? 'danger' : 'warn'}>
                {gate.state === 'kept' ? 'kept shut' : 'shut'}
              </StatePill>
            ),
            For:
              gate.session === null ? (
                'every session'
              ) : (
                <Link href={sessionPlace(gate.session)}>{gate.session}</Link>
              ),
            Violations: gate.violations,
            'Who decides': gate.approvers.join(', '),
            Since: gate.since === null ? '' : <Time at={gate.since} isInRow />,
            Decide: <GateButtons agent={agent} gate={gate} />,
          },
        ])}
      />
    </Section>
  );
}

type Outcome = 'opened' | 'kept';

function GateButtons({
  agent,
  gate: { category, session, state },
}: {
  readonly agent: string;
  readonly gate: GateRow;
}): ReactElement | null {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const order = useDecideGate(agent);
  const say = useToast();
  if (!useMay('approve')) return null;
  const decide = (reason: string): void => {
    if (outcome === null) return;
    const onSuccess = ({ next }: { readonly next: string }): void => {
      say({ tone: 'good', text: `The gate ${category} is ${outcome}: ${next}.` });
      setOutcome(null);
    };
    order.mutate({ category, session, outcome, reason }, { onSuccess });
  };
  return (
    <div className={classes['buttons']}>
      <Button isSmall aria-label={`Open the gate ${category}`} onClick={() => setOutcome('opened')}>
        Open
      </Button>
      {state === 'closed' && (
        <Button
          isSmall
          aria-label={`Keep the gate ${category} shut`}
          onClick={() => setOutcome('kept')}
        >
          Keep shut
        </Button>
      )}
      <ReasonDialog
        isOpen={outcome !== null}
        onClose={() => setOutcome(null)}
        title={
          outcome === 'opened' ? `Open the gate ${category}` : `Keep the gate ${category} shut`
        }
        lead={
          outcome === 'opened'
            ? 'What was refused behind it may be asked again: the boundary moves.'
            : 'The category stays refused until a person opens it again.'
        }
        action={outcome === 'opened' ? 'Open it' : 'Keep it shut'}
        isBusy={order.isPending}
        error={order.error}
        onReason={decide}
      />
    </div>
  );
}
