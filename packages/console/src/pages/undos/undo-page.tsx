import { type ReactElement, type ReactNode } from 'react';
import { Link, useParams } from 'wouter';

import { agentPlace } from '../../data/places.ts';
import { type OpenedUndo, useUndo } from '../../data/undos.ts';
import { Visible } from '../../ui/code-view.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Digest } from '../../ui/digest.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { Facts, Page, Section } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { DecideUndo } from './decide-undo.tsx';
import { RunUndo } from './run-undo.tsx';
import { StepTable } from './step-table.tsx';
import { progressText, setWords } from './undo-words.ts';

/** One set: exactly what is taken back, who approved it, and how far it is. */
export function UndoPage(): ReactElement {
  const { id = '' } = useParams();
  return <Undo key={id} id={id} />;
}

function Undo({ id }: { readonly id: string }): ReactElement {
  const answer = useUndo(id);
  const set = answer.data;
  return (
    <Page title={set === undefined ? 'Undo' : `Taking back what ${set.agent} did`}>
      <Answered answer={answer} what="the undo">
        {(found) => (
          <>
            <Section title="How it stands" isCard>
              <Facts rows={factsOf(found)} />
              <DecideUndo set={found} />
              <RunUndo set={found} />
            </Section>
            <Section title="Exactly these actions, in this order">
              <StepTable set={found} />
            </Section>
          </>
        )}
      </Answered>
    </Page>
  );
}

function factsOf(set: OpenedUndo): Readonly<Record<string, ReactNode>> {
  const { agent, state, reason, by, askedAt, untilMs, vote, withdrawn, goOn, digest } = set;
  const [tone, word] = setWords(set);
  return {
    State: (
      <>
        <StatePill tone={tone}>{word}</StatePill> {progressText(set)}
      </>
    ),
    'Time left': state === 'pending' ? <Countdown until={untilMs} /> : null,
    Reason: <Visible text={reason} />,
    Asked: (
      <>
        <Time at={askedAt} /> by <Visible text={by} />
      </>
    ),
    [vote?.outcome === 'deny' ? 'Denied' : 'Approved']:
      vote === null ? null : (
        <>
          <Time at={vote.at} /> by <Visible text={vote.by} />: <Visible text={vote.reason} />
        </>
      ),
    'Given up':
      withdrawn === null ? null : (
        <>
          <Time at={withdrawn.at} /> by <Visible text={withdrawn.by} />:{' '}
          <Visible text={withdrawn.reason} />
        </>
      ),
    'Where one fails': goOn ? 'what follows is done all the same' : 'what follows waits',
    Agent: <Link href={agentPlace(agent)}>{agent}</Link>,
    Digest: <Digest of={digest} what="digest of these actions" />,
  };
}
