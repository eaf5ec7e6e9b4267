import { type ReactElement, useState } from 'react';

import { useMay } from '../../data/session.ts';
import {
  type Staging,
  type StagingOrder,
  useStaging,
  useStagingOrder,
} from '../../data/staging.ts';
import { Button } from '../../ui/button.tsx';
import { StatePill, type Tone } from '../../ui/marks.tsx';
import { Facts, Section } from '../../ui/page.tsx';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Time } from '../../ui/time.tsx';
import { useToast } from '../../ui/toast.tsx';
import classes from './agent.module.css';

/** How far an agent's staged actions have come, and a person's word on it. */
export function StagingTab({ agent }: { readonly agent: string }): ReactElement {
  return (
    <Answered answer={useStaging(agent)} what="the staging">
      {(staging) =>
        staging === null ? (
          <EmptyState title="Its pact stages nothing">
            A pact with <code>staging</code> tries tools beside the live system first.
          </EmptyState>
        ) : (
          <Staged agent={agent} staging={staging} />
        )
      }
    </Answered>
  );
}

function Staged({
  agent,
  staging,
}: {
  readonly agent: string;
  readonly staging: Staging;
}): ReactElement {
  const { phase, isHeld, since, dueAt, next, tools, upstream, share, by } = staging;
  return (
    <div className={classes['stack']}>
      <Section
        title="How far it has come"
        isCard
        actions={<StagingButtons agent={agent} staging={staging} />}
      >
        <Facts
          rows={{
            Phase: (
              <>
                <StatePill tone={phase === 'promoted' ? 'good' : 'accent'}>{phase}</StatePill>
                {isHeld && ' held by a person'}
              </>
            ),
            Since: <Time at={since} />,
            By: by,
            Next: next === null ? null : next,
            'Next by itself': dueAt === null ? 'not by itself' : <Time at={dueAt} />,
            Tools: tools.join(', '),
            'Staged at': upstream,
            'Share that is live': share === null ? null : `${Math.round(share * 100)} %`,
          }}
        />
      </Section>
      <Section title="Its checks">
        <PlainTable
          nothing="Its pact names no checks."
          rows={staging.checks.map(({ name, seen, bad, sample, allowed, state }) => [
            name,
            {
              Check: name,
              State: <StatePill tone={CHECK_TONES[state]}>{state}</StatePill>,
              Seen: `${seen} of ${sample}`,
              Bad: `${bad}, ${Math.max(allowed, 0)} allowed`,
            },
          ])}
        />
      </Section>
    </div>
  );
}

const CHECK_TONES: Readonly<Record<Staging['checks'][number]['state'], Tone>> = {
  open: 'plain',
  passed: 'good',
  failed: 'danger',
};

type Move = StagingOrder['move'];

const WORDS: Readonly<Record<Move, readonly [title: string, lead: string]>> = {
  promote: [
    'Promote by one phase',
    'The staged tools come one phase further, whatever the checks say.',
  ],
  restart: ['Begin again', 'The staged tools begin again in the first phase.'],
  'fall-back': ['Fall back', 'Every staged action goes to the staging upstream again, at once.'],
  hold: ['Hold', 'Nothing goes on by itself until a person lets it.'],
};

function StagingButtons({
  agent,
  staging: { next, isHeld },
}: {
  readonly agent: string;
  readonly staging: Staging;
}): ReactElement {
  const [move, setMove] = useState<Move | null>(null);
  const order = useStagingOrder(agent);
  const say = useToast();
  const mayPromote = useMay('approve');
  const mayStop = useMay('halt');
  const send = (reason: string): void => {
    if (move === null) return;
    const onSuccess = ({ phase }: { readonly phase: string }): void => {
      say({ tone: 'good', text: `The staged tools of ${agent} are in the phase ${phase}.` });
      setMove(null);
    };
    order.mutate({ move, reason }, { onSuccess });
  };
  const [title, lead] = WORDS[move ?? 'hold'];
  return (
    <div className={classes['buttons']}>
      {mayPromote && next !== null && (
        <Button isSmall onClick={() => setMove('promote')}>
          Promote…
        </Button>
      )}
      {mayPromote && (
        <Button isSmall onClick={() => setMove('restart')}>
          Begin again…
        </Button>
      )}
      {mayStop && !isHeld && (
        <Button isSmall onClick={() => setMove('hold')}>
          Hold…
        </Button>
      )}
      {mayStop && (
        <Button isSmall look="outlined-danger" onClick={() => setMove('fall-back')}>
          Fall back…
        </Button>
      )}
      <ReasonDialog
        isOpen={move !== null}
        onClose={() => setMove(null)}
        title={title}
        lead={lead}
        action={title}
        isDanger={move === 'fall-back'}
        isBusy={order.isPending}
        error={order.error}
        onReason={send}
      />
    </div>
  );
}
