import { type ReactElement, type ReactNode, useDeferredValue, useMemo, useState } from 'react';

import { Button } from '../button.tsx';
import { useQueryText } from '../use-query-text.ts';
import { useTypedText } from '../use-typed-text.ts';
import { useWidth } from '../use-width.ts';
import { TableBody } from './body.tsx';
import { type Column, orderText, parseOrder } from './column.ts';
import { ColumnMenu } from './column-menu.tsx';
import { ExportMenu } from './export-menu.tsx';
import { TableHead } from './head.tsx';
import { columnsUnder, hiddenIds, widthOf } from './layout.ts';
import classes from './table.module.css';
import { useRows } from './use-rows.ts';

/** Rows that are not here yet, for lists the daemon gives in pages. */
export type MoreRows<Row> = {
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly load: () => void;
  /** Every row that matches, for an export. */
  readonly loadAll: () => Promise<readonly Row[]>;
};

type TableProps<Row extends object> = {
  /** What the rows are, in the plural: `agents`. Also the name of exported files. */
  readonly name: string;
  /** What one row is: `agent`. */
  readonly one?: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly rowId: (row: Row) => string;
  /** Where a row leads; its first cell is the link. */
  readonly rowHref?: (row: Row) => string;
  /** The order before the reader chose one: `agent`, `-at`. */
  readonly firstOrder?: string;
  readonly more?: MoreRows<Row>;
  /** Filters of the page itself, before the text filter. */
  readonly filters?: ReactNode;
  /** Stands before the names in the address where a page has two tables. */
  readonly prefix?: string;
};

/** A table: filtered, sorted and exported as the reader likes, however many rows it has. */
export function Table<Row extends object>(props: TableProps<Row>): ReactElement {
  const {
    name,
    one = name,
    rows,
    columns,
    rowId,
    rowHref,
    firstOrder = '',
    more,
    filters,
    prefix = '',
  } = props;
  const { text, type, settle } = useTypedText(`${prefix}q`);
  const [orderIn, setOrder] = useQueryText(`${prefix}sort`, firstOrder);
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [box, width] = useWidth();
  const hidden = useMemo(() => hiddenIds(columns, width, chosen), [columns, width, chosen]);
  const order = useMemo(() => parseOrder(orderIn), [orderIn]);
  // Typing stays quick while a long table is filtered behind it.
  const sought = useDeferredValue(text);
  const table = useRows({ rows, columns, rowId, text: sought, order, hidden });
  const shown = useMemo(() => columns.filter(({ id }) => !hidden.has(id)), [columns, hidden]);
  const under = useMemo(() => columnsUnder(columns, hidden, chosen), [columns, hidden, chosen]);
  const matching = table.getRowModel().rows;
  const ready = { name, columns, matching, loadAll: more?.loadAll ?? null };
  return (
    <div className={classes['frame']} ref={box}>
      <div className={classes['bar']}>
        {filters}
        <input
          className={classes['filter']}
          type="search"
          value={text}
          placeholder={`Filter ${name}`}
          aria-label={`Filter ${name}`}
          onChange={(event) => type(event.target.value)}
          onBlur={settle}
        />
        <span className={classes['count']} role="status">
          {countText(matching.length, rows.length, rows.length === 1 ? one : name)}
        </span>
        <span className={classes['push']} />
        <ColumnMenu columns={columns} hidden={hidden} onChoose={setChosen} />
        <ExportMenu {...ready} />
      </div>
      <TableBody
        // Rows of another height are counted from the first one.
        key={under.length === 0 ? 'one line' : 'two lines'}
        name={name}
        columns={shown}
        under={under}
        rows={matching}
        isBusy={sought !== text}
        width={widthOf(shown)}
        {...(rowHref === undefined ? {} : { rowHref })}
        head={<TableHead columns={shown} order={order} onOrder={(to) => setOrder(orderText(to))} />}
        foot={more === undefined ? null : <LoadMore name={name} more={more} />}
        nothing={text === '' ? `no ${name}` : `no ${name} match “${text}”`}
      />
    </div>
  );
}

function countText(matching: number, all: number, name: string): string {
  const count = (number: number): string => number.toLocaleString('en');
  const named = all === 1 ? oneOf(name) : name;
  return matching === all
    ? `${count(all)} ${named}`
    : `${count(matching)} of ${count(all)} ${named}`;
}

/** What one of many is called: tables are named for many. */
function oneOf(name: string): string {
  return name.replace(/ies$/, 'y').replace(/([^s])s$/, '$1');
}

function LoadMore<Row>({
  name,
  more,
}: {
  readonly name: string;
  readonly more: MoreRows<Row>;
}): ReactNode {
  if (!more.hasMore) return null;
  return (
    <div className={classes['more']}>
      <Button isSmall disabled={more.isLoading} onClick={more.load}>
        {more.isLoading ? 'Loading…' : `More ${name}`}
      </Button>
    </div>
  );
}
