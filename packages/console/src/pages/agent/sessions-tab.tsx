import type { ReactElement } from 'react';

import { askAgentSessions, type SessionRow, useAgentSessions } from '../../data/agent-sessions.ts';
import { allRows } from '../../data/newest.ts';
import { sessionPlace } from '../../data/places.ts';
import { Visible } from '../../ui/code-view.tsx';
import { shortId } from '../../ui/digest.tsx';
import { StatePill } from '../../ui/marks.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Time } from '../../ui/time.tsx';
import { NewestTable } from './newest-table.tsx';

const COLUMNS: readonly Column<SessionRow>[] = [
  {
    id: 'session',
    title: 'Session',
    value: ({ session }) => session,
    show: ({ session }) => <span title={session}>{shortId(session)}</span>,
    width: 150,
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
    width: 150,
    isWide: true,
    isUnder: true,
    wideFrom: 700,
  },
  {
    id: 'refused',
    title: 'Refused',
    value: ({ refusals }) => refusals,
    show: ({ refusals, decisions }) => (decisions === 0 ? '' : `${refusals} of ${decisions}`),
    width: 100,
    isUnder: true,
    wideFrom: 520,
    isNumber: true,
  },
  {
    id: 'opened',
    title: 'Opened',
    value: ({ openedAt }) => openedAt,
    show: ({ openedAt }) => <Time at={openedAt} isInRow />,
    isTime: true,
    width: 150,
    isUnder: true,
    wideFrom: 620,
  },
  {
    id: 'last',
    title: 'Last',
    value: ({ lastAt }) => lastAt,
    show: ({ lastAt }) => <Time at={lastAt} isInRow />,
    isTime: true,
    width: 170,
    wideFrom: 900,
  },
  { id: 'by', title: 'Opened by', value: ({ openedBy }) => openedBy, width: 170, wideFrom: 1080 },
];

/** An agent's sessions, newest first. */
export function SessionsTab({ agent }: { readonly agent: string }): ReactElement {
  return (
    <NewestTable
      name="sessions"
      one="session"
      what="the sessions"
      list={useAgentSessions(agent)}
      columns={COLUMNS}
      rowId={({ session }) => session}
      rowHref={({ session }) => sessionPlace(session)}
      loadAll={() => allRows((before) => askAgentSessions(agent, before))}
      empty={{
        title: 'No session yet',
        command: `plumb session open ${agent} --principal ada`,
        text: 'A session begins when a gateway, a hook or a program opens one for the agent.',
      }}
    />
  );
}
