import type { ReactElement, ReactNode } from 'react';
import { Link, useParams } from 'wouter';

import { type Halt, useHalt } from '../../data/halts.ts';
import { agentPlace, entryPlace } from '../../data/places.ts';
import { counted } from '../../ui/agent-state.ts';
import { Visible } from '../../ui/code-view.tsx';
import { Digest } from '../../ui/digest.tsx';
import { ResumeButton } from '../../ui/halt/halt-button.tsx';
import { stopsText, targetText } from '../../ui/halt/halt-words.ts';
import { StatePill } from '../../ui/marks.tsx';
import { Facts, Page, Section } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { spanText } from '../../ui/time-text.ts';
import { ExecutorTable, FlightTable, HolderTable } from './halt-tables.tsx';
import { stageOf, TONES } from './stage.ts';
import { WhatItDid } from './what-it-did.tsx';

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
      <Section title="Why, and how far it is" isCard>
        <Facts rows={factsOf(halt)} />
      </Section>
      <WhatItDid halt={halt} />
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
  const { agent, by, byName, index, latchedAt, reason, resumedAt } = halt;
  const stage = stageOf(halt);
  return {
    State: <StatePill tone={TONES[stage]}>{stage}</StatePill>,
    Why: <Visible text={reason} />,
    By: <By name={byName} id={by} />,
    Halted: <Time at={latchedAt} />,
    Effective: effectiveText(halt),
    Resumed: resumedAt === null ? null : <Time at={resumedAt} />,
    Entry: index === null ? null : <Link href={entryPlace(index)}>{index}</Link>,
    Agent: agent === null ? null : <Link href={agentPlace(agent)}>{agent}</Link>,
  };
}

function By({ name, id }: { readonly name: string | null; readonly id: string }): ReactElement {
  return (
    <>
      {name !== null && <Visible text={name} />} <Digest of={id} what="id of the key" />
    </>
  );
}

function effectiveText({ effectiveAt, effectiveMs, waitingFor }: Halt): ReactNode {
  if (effectiveAt === null) {
    return `not yet; waits for ${counted(waitingFor.length, 'enforcement point')}`;
  }
  return (
    <>
      <Time at={effectiveAt} />, {spanText(effectiveMs ?? 0)} later
    </>
  );
}
