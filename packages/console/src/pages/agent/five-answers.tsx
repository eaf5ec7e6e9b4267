import { type ReactElement, useMemo } from 'react';
import { Link } from 'wouter';

import { type Assurance, useAssurance } from '../../data/agent-assurance.ts';
import type { FleetAgent } from '../../data/fleet.ts';
import { type PactFiles, usePact } from '../../data/pacts.ts';
import { StatePill } from '../../ui/marks.tsx';
import { Section } from '../../ui/page.tsx';
import { ErrorState, LoadState } from '../../ui/states.tsx';
import { WithCode } from '../../ui/with-code.tsx';
import classes from './agent.module.css';
import { factsOf, type Owed, sayAnswers, type SaidAnswer } from './assurance-facts.ts';
import { useWorker } from './worker/use-worker.ts';

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
      {sayAnswers(data, agent, assurance).map((answer) => (
        <Answer key={answer.title} answer={answer} />
      ))}
    </ul>
  );
}

function Answer({
  answer: { title, question, answer, owed },
}: {
  readonly answer: SaidAnswer;
}): ReactElement {
  return (
    <li className={classes['answer']}>
      <h3>{title}</h3>
      <p className={classes['question']}>{question}</p>
      <p>
        <WithCode text={answer} />
      </p>
      {owed.length > 0 && (
        <ul className={classes['owed']}>
          {owed.map((each) => (
            <OwedLine key={each.text} owed={each} />
          ))}
        </ul>
      )}
    </li>
  );
}

function OwedLine({ owed: { text, place } }: { readonly owed: Owed }): ReactElement {
  return (
    <li>
      <StatePill tone="warn">owed</StatePill>{' '}
      {place === null ? (
        <WithCode text={text} />
      ) : (
        <Link href={place}>
          <WithCode text={text} />
        </Link>
      )}
    </li>
  );
}
