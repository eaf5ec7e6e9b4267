import type { ReactElement } from 'react';

import type { Newest } from '../../data/newest.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ErrorState, LoadState } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Table } from '../../ui/table/table.tsx';

type NewestTableProps<Row extends object> = {
  readonly name: string;
  readonly one: string;
  readonly what: string;
  readonly list: Newest<Row>;
  readonly columns: readonly Column<Row>[];
  readonly rowId: (row: Row) => string;
  readonly rowHref: (row: Row) => string;
  readonly loadAll: () => Promise<readonly Row[]>;
  readonly empty: { readonly title: string; readonly text: string; readonly command: string };
};

/** A table of the newest rows that follows what happens until somebody reads further down. */
export function NewestTable<Row extends object>(props: NewestTableProps<Row>): ReactElement {
  const { name, one, what, list, columns, rowId, rowHref, loadAll, empty } = props;
  const { rows, error, isHeld, hasMore, isLoading, more, follow, retry } = list;
  if (rows === null) {
    return error === null ? (
      <LoadState what={what} />
    ) : (
      <ErrorState error={error} what={what} onRetry={retry} />
    );
  }
  if (rows.length === 0) {
    return (
      <EmptyState title={empty.title} command={empty.command}>
        {empty.text}
      </EmptyState>
    );
  }
  return (
    <Table
      name={name}
      one={one}
      rows={rows}
      columns={columns}
      rowId={rowId}
      rowHref={rowHref}
      filters={
        isHeld ? (
          <Button isSmall onClick={follow}>
            Follow the newest
          </Button>
        ) : undefined
      }
      more={{ hasMore, isLoading, load: more, loadAll }}
    />
  );
}
