import { type ReactElement, useMemo } from 'react';

import { type Attention, useAttention } from '../../data/attention.ts';
import { Page } from '../../ui/page.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import { Table } from '../../ui/table/table.tsx';
import { Tiles } from '../../ui/tiles.tsx';
import { useQueryText } from '../../ui/use-query-text.ts';
import classes from './attention.module.css';
import { COLUMNS } from './columns.tsx';
import { kindWord, placeOf } from './kind-words.ts';

/** What needs a person now, the most pressing first, each with the events behind it. */
export function AttentionPage(): ReactElement {
  return (
    <Page title="Attention" lead="What needs a person now, the most pressing first.">
      <Answered answer={useAttention()} what="what waits">
        {(attention) => (attention.rows.length === 0 ? <Quiet /> : <Waiting of={attention} />)}
      </Answered>
    </Page>
  );
}

function Waiting({ of: attention }: { readonly of: Attention }): ReactElement {
  const [kind, setKind] = useQueryText('kind');
  const { rows, isComplete } = attention;
  const shown = useMemo(
    () => (kind === '' ? rows : rows.filter((row) => row.kind === kind)),
    [rows, kind],
  );
  return (
    <>
      <KindTiles of={attention} chosen={kind} onChoose={setKind} />
      <Table
        name="attention items"
        one="attention item"
        rows={shown}
        columns={COLUMNS}
        rowId={(row) => `${row.kind} ${row.id}`}
        rowHref={placeOf}
      />
      {!isComplete && (
        <p className={classes['more']}>
          More waits than is listed: the most pressing are shown, and the numbers above count all.
        </p>
      )}
    </>
  );
}

/** How many of each kind there are; a press shows those alone, another all of them again. */
function KindTiles({
  of: { rows, counts },
  chosen,
  onChoose,
}: {
  readonly of: Attention;
  readonly chosen: string;
  readonly onChoose: (kind: string) => void;
}): ReactElement {
  const kinds = [...new Set(rows.map((row) => row.kind))];
  const tiles = kinds.map((kind) => {
    const count = counts[kind] ?? 0;
    return { id: kind, count, word: kindWord(kind, count) };
  });
  return <Tiles label="What waits by kind" tiles={tiles} chosen={chosen} onChoose={onChoose} />;
}

function Quiet(): ReactElement {
  return (
    <EmptyState title="Nothing needs you" command="plumb status">
      Here appears, by itself: actions that wait for approval, shut gates and reviews, quarantined
      tools, pacts and undos that want a second person, halts in force, one tool refused again and
      again, paths around the gateway, overdue drills, audits to judge, emergency access to review,
      and people who could not be told.
    </EmptyState>
  );
}
