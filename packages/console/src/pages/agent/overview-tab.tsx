import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';

import { useActions } from '../../data/agent-actions.ts';
import { type AgentPeople, useAgentPeople, type WaitingRow } from '../../data/agent-people.ts';
import type { FleetAgent } from '../../data/fleet.ts';
import { agentPlace, approvalPlace } from '../../data/places.ts';
import { actionRow } from '../../ui/action-row.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { Section } from '../../ui/page.tsx';
import { Answered, EmptyState, ErrorState, LoadState } from '../../ui/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './agent.module.css';
import { BoundsSection } from './bounds-section.tsx';
import { FiveAnswers } from './five-answers.tsx';
import { GateTable } from './gate-table.tsx';
import { waitingWords } from './waiting-words.ts';

/** How an agent stands, on one screen. */
export function OverviewTab({ agent }: { readonly agent: FleetAgent }): ReactElement {
  return (
    <div className={classes['stack']}>
      <FiveAnswers agent={agent} />
      <Answered answer={useAgentPeople(agent.agent)} what="what waits for people">
        {(people) => <People agent={agent.agent} people={people} />}
      </Answered>
      <Section
        title="Latest actions"
        actions={<Link href={agentPlace(agent.agent, 'actions')}>All actions</Link>}
      >
        <LatestActions agent={agent.agent} />
      </Section>
      <BoundsSection agent={agent.agent} />
    </div>
  );
}

function People({
  agent,
  people: { waiting, gates, locks, reviews },
}: {
  readonly agent: string;
  readonly people: AgentPeople;
}): ReactNode {
  const asked = waiting.filter(({ kind }) => kind !== 'gate');
  return (
    <>
      {asked.length > 0 && (
        <Section title="Waits for people">
          <PlainTable
            nothing=""
            rows={asked.map((row) => [
              `${row.kind} ${row.id}`,
              {
                What: <Waiting agent={agent} row={row} />,
                Kind: row.kind,
                Asked: row.askedAt === null ? '' : <Time at={row.askedAt} isAgo isInRow />,
              },
            ])}
          />
        </Section>
      )}
      {gates.length > 0 && <GateTable agent={agent} gates={gates} />}
      {reviews.length > 0 && (
        <Section title="Reviews of its objective">
          <PlainTable
            nothing=""
            rows={reviews.map(({ id, what, at, actions, sessions }) => [
              id,
              {
                What: <Visible text={what} />,
                Actions: actions,
                Sessions: sessions,
                Raised: <Time at={at} isInRow />,
                Review: <code>{id}</code>,
              },
            ])}
          />
        </Section>
      )}
      {locks.length > 0 && (
        <Section title="Locks">
          <PlainTable
            nothing=""
            rows={locks.map(({ entity, id, field, by, reason, at, isOnEveryAgent }) => [
              `${entity} ${id} ${field ?? ''}`,
              {
                Locked: (
                  <Visible text={[entity, id, ...(field === null ? [] : [field])].join(' ')} />
                ),
                For: isOnEveryAgent ? 'every agent' : agent,
                Reason: <Visible text={reason ?? ''} />,
                By: by,
                Since: <Time at={at} isInRow />,
              },
            ])}
          />
        </Section>
      )}
    </>
  );
}

/** What waits, and where a person decides about it. */
function Waiting({
  agent,
  row,
}: {
  readonly agent: string;
  readonly row: WaitingRow;
}): ReactElement {
  const places: Readonly<Partial<Record<WaitingRow['kind'], string>>> = {
    action: approvalPlace(row.id),
    pact: agentPlace(agent, 'versions'),
    tool: agentPlace(agent, 'tools'),
  };
  const place = places[row.kind];
  const words = <Visible text={waitingWords(row)} />;
  return place === undefined ? words : <Link href={place}>{words}</Link>;
}

const MOST = 8;
const EVERYTHING = { verdict: '', tool: '', rule: '', isUnfinished: false } as const;

function LatestActions({ agent }: { readonly agent: string }): ReactElement {
  const { rows, error, retry } = useActions(agent, EVERYTHING);
  if (rows === null) {
    return error === null ? (
      <LoadState what="the latest actions" />
    ) : (
      <ErrorState error={error} what="the latest actions" onRetry={retry} />
    );
  }
  if (rows.length === 0) {
    return (
      <EmptyState title="It did nothing yet" command="plumb inventory">
        Every action it proposes appears here with the decision about it, once a gateway, a hook or
        a program of yours asks. This says what is on the machine, and how the gateway is put before
        it:
      </EmptyState>
    );
  }
  return <PlainTable nothing="" rows={rows.slice(0, MOST).map(actionRow)} />;
}
