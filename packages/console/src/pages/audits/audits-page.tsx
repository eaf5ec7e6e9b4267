import { type FormEvent, type ReactElement, useState } from 'react';

import { type QueuedItem, useAuditQueue, useAudits, useBeginAudit } from '../../data/audits.ts';
import { useAgentNames } from '../../data/fleet.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { Fault, SelectField } from '../../ui/field.tsx';
import { Page } from '../../ui/page.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Table } from '../../ui/table/table.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Time } from '../../ui/time.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useQueryText } from '../../ui/use-query-text.ts';
import { AUDIT_COLUMNS } from './audit-columns.tsx';
import classes from './audits.module.css';

const LEAD =
  'Sessions drawn by lot, judged claim by claim by people who do not see what the agent reported.';

/** The blind queue, and what audits came to. */
export function AuditsPage(): ReactElement {
  const mayRead = useMay('read-sealed');
  const [tab, setTab] = useQueryText('show', mayRead ? 'queue' : 'audits');
  const tabs = [
    ...(mayRead ? [{ id: 'queue', title: 'To judge', show: () => <Queue /> }] : []),
    { id: 'audits', title: 'Audits', show: () => <Audits /> },
  ];
  const open = tabs.some(({ id }) => id === tab) ? tab : 'audits';
  return (
    <Page title="Audits" lead={LEAD}>
      <Tabs label="Audits" tabs={tabs} open={open} onOpen={setTab} />
    </Page>
  );
}

const QUEUE_COLUMNS: readonly Column<QueuedItem>[] = [
  { id: 'item', title: 'Session to judge', value: ({ item }) => item, width: 200 },
  { id: 'agent', title: 'Agent', value: ({ agent }) => agent, width: 120 },
  {
    id: 'drawn',
    title: 'Drawn',
    value: ({ drawnAt }) => drawnAt,
    show: ({ drawnAt }) => <Time at={drawnAt} isInRow />,
    isTime: true,
    width: 170,
    wideFrom: 560,
  },
];

function Queue(): ReactElement {
  return (
    <Answered answer={useAuditQueue(true)} what="the queue">
      {(rows) =>
        rows.length === 0 ? (
          <EmptyState title="Nothing waits to be judged" command="plumb audit list">
            Once an audit drew, its sessions wait here for a reviewer.
          </EmptyState>
        ) : (
          <Table
            name="drawn sessions"
            one="drawn session"
            rows={rows}
            columns={QUEUE_COLUMNS}
            rowId={({ item }) => item}
            rowHref={({ item }) => `/audits/items/${item}`}
          />
        )
      }
    </Answered>
  );
}

function Audits(): ReactElement {
  const first = useAgentNames().data?.[0] ?? 'support-agent';
  return (
    <div className={classes['stack']}>
      <Begin />
      <Answered answer={useAudits()} what="the audits">
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title="No audit runs" command={`plumb audit begin ${first}`}>
              An audit commits to a seed nobody sees; what closes from then on can be drawn.
            </EmptyState>
          ) : (
            <Table
              name="audits"
              one="audit"
              rows={rows}
              columns={AUDIT_COLUMNS}
              rowId={({ audit }) => audit}
              rowHref={({ audit }) => `/audits/${audit}`}
            />
          )
        }
      </Answered>
    </div>
  );
}

function Begin(): ReactElement | null {
  const agents = useAgentNames().data ?? [];
  const running = new Set(
    (useAudits().data ?? []).filter(({ state }) => state === 'running').map(({ agent }) => agent),
  );
  const [agent, setAgent] = useState('');
  const begin = useBeginAudit();
  const say = useToast();
  const free = agents.filter((one) => !running.has(one));
  if (!useMay('operate') || free.length === 0) return null;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    begin.mutate(agent, {
      onSuccess: () => say({ tone: 'good', text: `An audit of ${agent} runs.` }),
    });
  };
  return (
    <form className={classes['form']} onSubmit={send}>
      <SelectField
        label="Begin to audit"
        value={agent}
        options={[['', 'choose an agent'], ...free.map((one) => [one, one] as const)]}
        onChange={(event) => setAgent(event.target.value)}
      />
      <Button type="submit" disabled={agent === '' || begin.isPending}>
        Begin
      </Button>
      <Fault error={begin.error} />
    </form>
  );
}
