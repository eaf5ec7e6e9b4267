import type { AgentAnswer } from '@plumbline/core';
import { type ReactElement, useMemo } from 'react';

import { type Assurance, useAssurance } from '../../data/agent-assurance.ts';
import type { FleetAgent } from '../../data/fleet.ts';
import { type PactFiles, usePact } from '../../data/pacts.ts';
import { StatePill } from '../../ui/marks.tsx';
import { Section } from '../../ui/page.tsx';
import { ErrorState, LoadState } from '../../ui/states.tsx';
import { WithCode } from '../../ui/with-code.tsx';
import classes from './agent.module.css';
import { factsOf, sayMore } from './assurance-facts.ts';
import { useWorker } from './worker/use-worker.ts';

const TITLES = ['Scope', 'Enforcement', 'Signals', 'Time to halt', 'Record'];

/** The five questions of whoever trusts an agent, with their answers and what is owed. */
export function FiveAnswers({ agent }: { readonly agent: FleetAgent }): ReactElement {
  const assurance = useAssurance(agent.agent);
  const pact = usePact(agent.agent, agent.pact);
  const isRead = agent.pact === null || pact.data !== undefined;
  const error = assurance.error ?? pact.error;
  return (
    <Section title="Five answers">
      {assurance.data !== undefined && isRead ? (
        <Answers agent={agent} assurance={assurance.data} pact={pact.data ?? null} />
      ) : error === null ? (
        <LoadState what="the five answers" />
      ) : (
        <ErrorState error={error} what="the five answers" />
      )}
    </Section>
  );
}

function Answers({
  agent,
  assurance,
  pact,
}: {
  readonly agent: FleetAgent;
  readonly assurance: Assurance;
  readonly pact: PactFiles | null;
}): ReactElement {
  const asked = useMemo(() => {
    const files = pact === null ? null : { entry: pact.entry, files: pact.files };
    return { pact: files, facts: factsOf(agent, assurance) };
  }, [agent, assurance, pact]);
  const { data, error } = useWorker('answers', asked);
  if (data === undefined) {
    return error === null ? (
      <LoadState what="the five answers" />
    ) : (
      <ErrorState error={error} what="the five answers" />
    );
  }
  return (
    <ul className={classes['answers']}>
      {sayMore(data, agent, assurance).map((answer, place) => (
        <Answer key={answer.question} title={TITLES[place] ?? ''} answer={answer} />
      ))}
    </ul>
  );
}

function Answer({
  title,
  answer: { question, answer, owed },
}: {
  readonly title: string;
  readonly answer: AgentAnswer;
}): ReactElement {
  return (
    <li className={classes['answer']}>
      <h3>{title}</h3>
      <p className={classes['question']}>{question}</p>
      <p>
        <WithCode text={answer} />
      </p>
      {owed !== null && (
        <p className={classes['owed']}>
          <StatePill tone="warn">owed</StatePill> <WithCode text={owed} />
        </p>
      )}
    </li>
  );
}
