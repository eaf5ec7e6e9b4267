import type { ReactElement } from 'react';
import { Link } from 'wouter';

import { useMay } from '../../data/session.ts';
import { type UndoSet, useUndos } from '../../data/undos.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { Page } from '../../ui/page.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';
import { progressText, setWords } from './undo-words.ts';

const COLUMNS: readonly Column<UndoSet>[] = [
  {
    id: 'reason',
    title: 'Why',
    value: ({ reason }) => reason,
    show: ({ reason }) => <Visible text={reason} />,
    width: 130,
    isWide: true,
  },
  {
    id: 'agent',
    title: 'Agent',
    value: ({ agent }) => agent,
    width: 120,
    isUnder: true,
    wideFrom: 560,
  },
  {
    id: 'state',
    title: 'State',
    value: (row) => setWords(row)[1],
    show: (row) => <StatePill tone={setWords(row)[0]}>{setWords(row)[1]}</StatePill>,
    width: 150,
  },
  {
    id: 'progress',
    title: 'Actions',
    value: progressText,
    width: 110,
    wideFrom: 700,
  },
  {
    id: 'asked',
    title: 'Asked',
    value: ({ askedAt }) => askedAt,
    show: ({ askedAt }) => <Time at={askedAt} isInRow />,
    isTime: true,
    width: 170,
    isUnder: true,
    wideFrom: 820,
  },
];

/** What is, was or is to be taken back of what agents did. */
export function UndosPage(): ReactElement {
  const mayAsk = useMay('operate');
  const ask = (
    <Link className={buttonClass({ look: 'primary' })} href="/undos/plan">
      Take something back…
    </Link>
  );
  return (
    <Page
      title="Undo"
      lead="What an agent did, taken back: planned here, and approved by another person."
      actions={mayAsk ? ask : undefined}
    >
      <Answered answer={useUndos()} what="what was taken back">
        {(rows) => (rows.length === 0 ? <Nothing /> : <Sets rows={rows} />)}
      </Answered>
    </Page>
  );
}

function Sets({ rows }: { readonly rows: readonly UndoSet[] }): ReactElement {
  return (
    <Table
      name="undos"
      one="undo"
      rows={rows}
      columns={COLUMNS}
      rowId={({ undo }) => undo}
      rowHref={({ undo }) => `/undos/${undo}`}
      firstOrder="-asked"
    />
  );
}

function Nothing(): ReactElement {
  return (
    <EmptyState title="Nothing was taken back" command="plumb undo plan --help">
      A pact says what takes each tool back (<code>undo</code>). Plan it for a session or some
      actions, see what cannot be undone, and ask another person for exactly that.
    </EmptyState>
  );
}
