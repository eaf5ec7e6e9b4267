import type { ReactElement, ReactNode } from 'react';
import { Link, useParams } from 'wouter';

import { type Halt, useHalt } from '../../data/halts.ts';
import { Visible } from '../../ui/code-view.tsx';
import { ResumeButton } from '../../ui/halt/halt-button.tsx';
import { stopsText, targetText } from '../../ui/halt/halt-words.ts';
import { StatePill } from '../../ui/marks.tsx';
import { Facts, Page, Section } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { spanText } from '../../ui/time-text.ts';
import { ExecutorTable, FlightTable, HolderTable } from './halt-tables.tsx';
import { stageOf, TONES } from './stage.ts';

/** One halt: how far it is, and what became of what was under way. */
export function HaltPage(): ReactElement {
  const { halt = '' } = useParams();
  const answer = useHalt(halt);
  const what = answer.data === undefined ? 'Halt' : `Halt of ${targetText(answer.data)}`;
  return (
    <Page
      title={what}
      lead={answer.data === undefined ? undefined : stopsText(answer.data)}
      actions={
        answer.data === undefined || answer.data.resumedAt !== null ? undefined : (
          <ResumeButton target={answer.data} />
        )
      }
    >
      <Answered answer={answer} what="the halt">
        {(found) => <Progress halt={found} />}
      </Answered>
    </Page>
  );
}

function Progress({ halt }: { readonly halt: Halt }): ReactElement {
  return (
    <>
      <Section title="How far it is" isCard>
        <Facts rows={factsOf(halt)} />
      </Section>
      <Section title="Enforcement points">
        <HolderTable halt={halt} />
      </Section>
      <Section title="Calls that were under way">
        <FlightTable halt={halt} />
      </Section>
      <Section title="What else was ended">
        <ExecutorTable halt={halt} />
      </Section>
    </>
  );
}

function factsOf(halt: Halt): Readonly<Record<string, ReactNode>> {
  const { agent, by, index, latchedAt, reason, resumedAt } = halt;
  const stage = stageOf(halt);
  return {
    State: <StatePill tone={TONES[stage]}>{stage}</StatePill>,
    Reason: <Visible text={reason} />,
    By: <Visible text={by} />,
    Latched: <Time at={latchedAt} />,
    Effective: effectiveText(halt),
    Resumed: resumedAt === null ? null : <Time at={resumedAt} />,
    'Entry in the ledger': index,
    Agent: agent === null ? null : <Link href={`/agents/${agent}`}>{agent}</Link>,
  };
}

function effectiveText({ effectiveAt, effectiveMs, waitingFor }: Halt): ReactNode {
  if (effectiveAt === null) {
    const count = waitingFor.length;
    return `not yet; waits for ${count} enforcement ${count === 1 ? 'point' : 'points'}`;
  }
  return (
    <>
      <Time at={effectiveAt} />, {spanText(effectiveMs ?? 0)} after it was latched
    </>
  );
}
