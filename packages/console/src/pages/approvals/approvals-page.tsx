import { type ReactElement, useMemo } from 'react';

import { type ApprovalRow, useApprovals } from '../../data/approvals.ts';
import { useMay } from '../../data/session.ts';
import { Page } from '../../ui/page.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import { Table } from '../../ui/table/table.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useQueryText } from '../../ui/use-query-text.ts';
import { hrefOf } from './ask-words.ts';
import { DECIDED_COLUMNS, WAITING_COLUMNS } from './columns.tsx';
import { SeatsPanel } from './seats-panel.tsx';

const LEAD =
  'What waits for a person. Nothing of it happens meanwhile; what runs out first is on top.';

/** Everything that waits for a person's word, and what became of what did. */
export function ApprovalsPage(): ReactElement {
  const [tab, setTab] = useQueryText('show', 'waiting');
  const maySit = useMay('approve');
  const answer = useApprovals();
  const tabs = [
    { id: 'waiting', title: 'Waiting', show: () => <Listed answer={answer} isWaiting /> },
    { id: 'decided', title: 'Decided', show: () => <Listed answer={answer} isWaiting={false} /> },
    ...(maySit ? [{ id: 'seats', title: 'Seats', show: () => <SeatsPanel /> }] : []),
  ];
  const open = tabs.some(({ id }) => id === tab) ? tab : 'waiting';
  return (
    <Page title="Approvals" lead={LEAD}>
      <Tabs label="Approvals" tabs={tabs} open={open} onOpen={setTab} />
    </Page>
  );
}

function Listed({
  answer,
  isWaiting,
}: {
  readonly answer: ReturnType<typeof useApprovals>;
  readonly isWaiting: boolean;
}): ReactElement {
  return (
    <Answered answer={answer} what="the approvals">
      {(rows) => <Rows rows={rows} isWaiting={isWaiting} />}
    </Answered>
  );
}

function Rows({
  rows,
  isWaiting,
}: {
  readonly rows: readonly ApprovalRow[];
  readonly isWaiting: boolean;
}): ReactElement {
  const shown = useMemo(
    () => rows.filter(({ state }) => (state === 'pending') === isWaiting),
    [rows, isWaiting],
  );
  if (shown.length === 0) return isWaiting ? <NothingWaits /> : <NothingDecided />;
  return (
    <Table
      name={isWaiting ? 'approvals' : 'decided approvals'}
      one={isWaiting ? 'approval' : 'decided approval'}
      rows={shown}
      columns={isWaiting ? WAITING_COLUMNS : DECIDED_COLUMNS}
      rowId={({ kind, agent, id }) => `${kind} ${agent} ${id}`}
      rowHref={hrefOf}
      firstOrder={isWaiting ? 'left' : '-ended'}
    />
  );
}

function NothingWaits(): ReactElement {
  return (
    <EmptyState title="Nothing waits for anybody" command="plumb approval list --state pending">
      Actions that a pact&apos;s <code>step_up</code> rules ask people about appear here the moment
      an agent asks for one, with shut gates, quarantined tools, and pacts and undos that want a
      second person. A rule asks once it names <code>approvers</code> and how long it waits (
      <code>within: 15m</code>).
    </EmptyState>
  );
}

function NothingDecided(): ReactElement {
  return (
    <EmptyState title="Nothing was decided yet">
      What people approved or denied, and what ran out, stays here to be looked at.
    </EmptyState>
  );
}
