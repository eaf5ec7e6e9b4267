import { type ReactElement, type ReactNode, useMemo } from 'react';
import { Link, useParams } from 'wouter';

import { type Around, ownerOf, useAround } from '../../data/around.ts';
import { agentPlace, roomPlace, sessionPlace } from '../../data/places.ts';
import { useMay } from '../../data/session.ts';
import { MOST_ROWS, type SessionRow, type Trace, useAgentOf, useTrace } from '../../data/traces.ts';
import { Button } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { Digest } from '../../ui/digest.tsx';
import { HaltButton } from '../../ui/halt/halt-button.tsx';
import { PackButton } from '../../ui/pack/pack-button.tsx';
import { Page } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Time } from '../../ui/time.tsx';
import { useQueryText } from '../../ui/use-query-text.ts';
import { listAt, textAt } from './open-part.ts';
import { decisionNames } from './decision-names.ts';
import { ReplayView } from './replay-view.tsx';
import { SessionTimeline } from './session-timeline.tsx';
import { timelineItems } from './timeline-items.ts';
import { TraceExport } from './trace-export.tsx';
import classes from './trace.module.css';
import { type Opening, useRecord } from './use-record.ts';

/** One session: everything that was said, asked, decided and done, and why. */
export function SessionPage(): ReactElement {
  const { session = '' } = useParams();
  const agent = useAgentOf(session);
  if (agent.data === undefined) {
    return (
      <Page title="Session">
        <Answered answer={agent} what="the session">
          {() => null}
        </Answered>
      </Page>
    );
  }
  return <OfAgent key={session} agent={agent.data} session={session} />;
}

function OfAgent({
  agent,
  session,
}: {
  readonly agent: string;
  readonly session: string;
}): ReactElement {
  const answer = useTrace(agent, session);
  if (answer.data !== undefined) return <Session trace={answer.data} />;
  return (
    <Page title={`Session of ${agent}`}>
      <Answered answer={answer} what="the session">
        {() => null}
      </Answered>
    </Page>
  );
}

function Session({ trace }: { readonly trace: Trace }): ReactElement {
  const [view, setView] = useQueryText('view', 'timeline');
  const opening = useRecord(trace);
  const { session } = trace;
  const told = useAround(session.agent, session.session);
  const around = told.data ?? NOTHING_AROUND;
  const { rows } = opening.record;
  const items = useMemo(() => timelineItems(rows, around.rows), [rows, around.rows]);
  const names = useMemo(() => decisionNames(rows), [rows]);
  const isReady = trace.isWhole || rows.length >= MOST_ROWS;
  const { isWhole } = trace;
  return (
    <Page
      title={`Session of ${session.agent}`}
      lead="What was said, asked, decided and done, in the order of the log."
      actions={
        <>
          <TraceExport session={session} items={items} toolOf={names.toolOf} isReady={isReady} />
          <Actions session={session} opening={opening} />
        </>
      }
    >
      <Summary trace={trace} opening={opening} />
      <Tabs
        label="Views of the session"
        open={view}
        onOpen={setView}
        tabs={[
          {
            id: 'timeline',
            title: 'Timeline',
            show: () => (
              <SessionTimeline
                {...{ items, names, opening, isWhole }}
                isAllAround={around.isAll}
                aroundError={told.error}
              />
            ),
          },
          {
            id: 'replay',
            title: 'Replay under another pact',
            show: () => <ReplayView opening={opening} />,
          },
        ]}
      />
    </Page>
  );
}

const NOTHING_AROUND: Around = { rows: [], isAll: true };

function Actions({
  session: { agent, session, closedAt },
  opening,
}: {
  readonly session: SessionRow;
  readonly opening: Opening;
}): ReactElement {
  const mayOpen = useMay('read-sealed');
  return (
    <>
      {mayOpen && opening.isMore && (
        <Button
          disabled={opening.isOpening}
          onClick={opening.open}
          title="That you read it is recorded in the log"
        >
          {opening.isOpening ? 'Opening…' : 'Open what is sealed'}
        </Button>
      )}
      {!agent.includes('~') && <PackButton session={session} agent={agent} />}
      {closedAt === null && !agent.includes('~') && (
        <HaltButton target={{ agent, scope: 'session', target: session }} />
      )}
    </>
  );
}

function Summary({
  trace: { session, rows },
  opening,
}: {
  readonly trace: Trace;
  readonly opening: Opening;
}): ReactElement {
  const { agent, task, openedAt, closedAt, openedBy, decisions, refusals } = session;
  const opened = rows.find(({ kind }) => kind === 'session_opened');
  const shown = opening.record.rows.find(({ kind }) => kind === 'session_opened');
  const room = textAt(shown?.secret, 'room');
  const from = listAt(opened?.open, 'delegation').at(-1);
  const parent = textAt(from, 'session');
  return (
    <dl className={classes['summary-line']}>
      <Item name="Agent">
        <Link href={agentPlace(ownerOf(agent))}>{agent}</Link>
      </Item>
      <Item name="Session">
        <Digest of={session.session} what="session" />
      </Item>
      <Item name="Task">{task === null ? 'none' : <Visible text={task} />}</Item>
      <Item name="Opened">
        <Time at={openedAt} /> by <Visible text={openedBy} />
      </Item>
      <Item name="Closed">{closedAt === null ? 'still open' : <Time at={closedAt} />}</Item>
      <Item name="Decisions">
        {decisions}, {refusals} refused
      </Item>
      {room !== null && (
        <Item name="Room">
          <Link href={roomPlace(room)}>
            <Visible text={room} />
          </Link>
        </Item>
      )}
      {parent !== null && (
        <Item name="Handed down by">
          <Link href={sessionPlace(parent)}>{textAt(from, 'agent')}</Link>
        </Item>
      )}
    </dl>
  );
}

function Item({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
