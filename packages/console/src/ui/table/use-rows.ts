import {
  type ColumnDef,
  columnFilteringFeature,
  columnVisibilityFeature,
  createFilteredRowModel,
  createSortedRowModel,
  filterFn_includesString,
  globalFilteringFeature,
  type ReactTable,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useMemo } from 'react';

import type { Column, Order } from './column.ts';

const features = tableFeatures({
  columnFilteringFeature,
  columnVisibilityFeature,
  globalFilteringFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  filteredRowModel: createFilteredRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
  filterFns: { includesString: filterFn_includesString },
});

/** The table behind a table: rows that were filtered and sorted, and the columns that are shown. */
export type Rows<Row extends object> = ReactTable<typeof features, Row>;

type Wanted<Row extends object> = {
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly rowId: (row: Row) => string;
  readonly text: string;
  readonly order: Order | null;
  readonly hidden: ReadonlySet<string>;
};

/** Filters and sorts rows, and hides columns, by what the reader asked for. */
export function useRows<Row extends object>(wanted: Wanted<Row>): Rows<Row> {
  const { rows, columns, rowId, text, order, hidden } = wanted;
  const defined = useMemo(() => columns.map(definitionOf), [columns]);
  const sorting = useMemo(
    () => (order === null ? [] : [{ id: order.id, desc: order.isDescending }]),
    [order],
  );
  const columnVisibility = useMemo(
    () => Object.fromEntries(columns.map(({ id }) => [id, !hidden.has(id)])),
    [columns, hidden],
  );
  // The table never writes into its rows.
  const given = rows as Row[];
  return useTable({
    features,
    columns: defined,
    data: given,
    getRowId: rowId,
    globalFilterFn: 'includesString',
    getColumnCanGlobalFilter: () => true,
    state: { globalFilter: text, sorting, columnVisibility },
  });
}

function definitionOf<Row extends object>(column: Column<Row>): ColumnDef<typeof features, Row> {
  const { rank } = column;
  const byValue = column.isNumber === true ? 'basic' : 'alphanumeric';
  return {
    id: column.id,
    accessorFn: (row) => column.value(row) ?? undefined,
    sortFn:
      rank === undefined ? byValue : (left, right) => rank(left.original) - rank(right.original),
    sortUndefined: 'last',
  };
}
