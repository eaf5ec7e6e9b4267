import { type ReactElement, useState } from 'react';

import { useBusyAgents } from '../../data/fleet.ts';
import { sessionPlace } from '../../data/places.ts';
import { type SessionRow, useSessions } from '../../data/traces.ts';
import { Visible } from '../../ui/code-view.tsx';
import { shortId } from '../../ui/digest.tsx';
import { SelectField } from '../../ui/field.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { Page } from '../../ui/page.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';
import { useQueryText } from '../../ui/use-query-text.ts';

/** The last sessions of one agent. */
export function SessionsPage(): ReactElement {
  return (
    <Page title="Sessions" lead="What an agent was asked to do, and all that came of it.">
      <Answered answer={useBusyAgents()} what="the agents">
        {(agents) =>
          agents.length === 0 ? (
            <EmptyState title="No agents yet" command="plumb agent add support-agent">
              Sessions are of an agent, which is added first.
            </EmptyState>
          ) : (
            <OfAgents agents={agents} />
          )
        }
      </Answered>
    </Page>
  );
}

function OfAgents({ agents }: { readonly agents: readonly string[] }): ReactElement {
  const [chosen, setChosen] = useQueryText('agent');
  // Which is the busiest may change; whose sessions are shown changes by the reader alone.
  const [busiest = ''] = useState(() => agents[0]);
  const agent = chosen === '' ? busiest : chosen;
  const sessions = useSessions(agent);
  const choose = (
    <SelectField
      label="Agent"
      value={agent}
      options={agents.toSorted().map((each) => [each, each])}
      onChange={(event) => setChosen(event.target.value)}
    />
  );
  return (
    <>
      {choose}
      <Answered answer={sessions} what="the sessions">
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState
              title="No sessions yet"
              command={`plumb session open ${agent} --principal ada`}
            >
              A session begins when whoever speaks for a person opens one for this agent.
            </EmptyState>
          ) : (
            <Table
              name="sessions"
              one="session"
              rows={rows}
              columns={COLUMNS}
              rowId={({ session }) => session}
              rowHref={({ session }) => sessionPlace(session)}
              firstOrder="-opened"
            />
          )
        }
      </Answered>
    </>
  );
}

const COLUMNS: readonly Column<SessionRow>[] = [
  {
    id: 'session',
    title: 'Session',
    value: ({ session }) => session,
    show: ({ session }) => <span title={session}>{shortId(session)}</span>,
    width: 150,
  },
  {
    id: 'opened',
    title: 'Opened',
    value: ({ openedAt }) => openedAt,
    show: ({ openedAt }) => <Time at={openedAt} isInRow />,
    isTime: true,
    width: 150,
    isUnder: true,
    wideFrom: 480,
  },
  {
    id: 'state',
    title: 'State',
    value: ({ closedAt }) => (closedAt === null ? 'open' : 'closed'),
    show: ({ closedAt }) => (
      <StatePill tone={closedAt === null ? 'accent' : 'plain'}>
        {closedAt === null ? 'open' : 'closed'}
      </StatePill>
    ),
    width: 90,
  },
  {
    id: 'task',
    title: 'Task',
    value: ({ task }) => task,
    show: ({ task }) => <Visible text={task ?? ''} />,
    width: 170,
    isWide: true,
    isUnder: true,
    wideFrom: 700,
  },
  {
    id: 'refused',
    title: 'Refused',
    value: ({ refusals }) => refusals,
    show: ({ refusals, decisions }) => `${refusals} of ${decisions}`,
    width: 100,
    wideFrom: 520,
    isUnder: true,
    isNumber: true,
  },
  {
    id: 'by',
    title: 'Opened by',
    value: ({ openedBy }) => openedBy,
    show: ({ openedBy }) => <Visible text={openedBy} />,
    width: 130,
    wideFrom: 860,
  },
  {
    id: 'last',
    title: 'Last entry',
    value: ({ lastAt }) => lastAt,
    show: ({ lastAt }) => <Time at={lastAt} isAgo isInRow />,
    isTime: true,
    width: 110,
    wideFrom: 980,
    isNumber: true,
  },
];
