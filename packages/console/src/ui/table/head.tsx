import type { ReactElement } from 'react';

import { joinClasses } from '../join-classes.ts';
import type { Column, Order } from './column.ts';
import classes from './table.module.css';

/** The names of the columns; a press sorts by one, another the other way round. */
export function TableHead<Row>({
  columns,
  order,
  onOrder,
}: {
  readonly columns: readonly Column<Row>[];
  readonly order: Order | null;
  readonly onOrder: (order: Order) => void;
}): ReactElement {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map((column) => (
          <HeadCell key={column.id} column={column} order={order} onOrder={onOrder} />
        ))}
      </tr>
    </thead>
  );
}

function HeadCell<Row>({
  column: { id, title, isNumber = false, isAction = false },
  order,
  onOrder,
}: {
  readonly column: Column<Row>;
  readonly order: Order | null;
  readonly onOrder: (order: Order) => void;
}): ReactElement {
  if (isAction) {
    return (
      <th scope="col">
        <span className={classes['plain']}>{title}</span>
      </th>
    );
  }
  const isSorted = order?.id === id;
  const isDescending = isSorted && order.isDescending;
  const sorted = isDescending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={isSorted ? sorted : 'none'}>
      <button
        type="button"
        className={joinClasses(
          classes['sort'],
          isSorted && classes['sorted'],
          isNumber && classes['number'],
        )}
        onClick={() => onOrder({ id, isDescending: isSorted ? !isDescending : isNumber })}
      >
        {title}
        {isSorted && <span aria-hidden="true">{isDescending ? '↓' : '↑'}</span>}
      </button>
    </th>
  );
}
