import { memo, type MouseEvent, type ReactElement, type ReactNode } from 'react';
import { Link } from 'wouter';

import { joinClasses } from '../join-classes.ts';
import { Unseen } from '../states.tsx';
import type { Column } from './column.ts';
import classes from './table.module.css';

type BodyRowProps<Row> = {
  readonly row: Row;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly under: readonly Column<Row>[];
  readonly isCurrent: boolean;
  readonly href: string | null;
  /** Goes where a row leads. */
  readonly onFollow: (href: string) => void;
};

/** One row. Its first cell is the link, and a press anywhere on the row follows it. */
function DrawnRow<Row>(props: BodyRowProps<Row>): ReactElement {
  const { row, index, columns, under, isCurrent, href, onFollow } = props;
  const second = under.filter((column) => (column.value(row) ?? '') !== '');
  const follow = (event: MouseEvent<HTMLElement>): void => {
    if (href === null || isOfItsOwn(event)) return;
    onFollow(href);
  };
  return (
    <tr
      className={classes['row']}
      data-row={index}
      data-link={href === null ? undefined : ''}
      data-lines={under.length === 0 ? undefined : Math.min(second.length, 1) + 1}
      aria-rowindex={index + 2}
      tabIndex={isCurrent ? 0 : -1}
      onClick={follow}
    >
      {columns.map((column, place) => (
        <td key={column.id} className={joinClasses(column.isNumber === true && classes['number'])}>
          {place === 0 && href !== null ? (
            <Link href={href} tabIndex={-1}>
              {shown(column, row)}
            </Link>
          ) : (
            shown(column, row)
          )}
          {place === 0 && second.length > 0 && <SecondLine row={row} columns={second} />}
        </td>
      ))}
    </tr>
  );
}

/** What has no column on a narrow screen, across the whole row. */
function SecondLine<Row>({
  row,
  columns,
}: Pick<BodyRowProps<Row>, 'row' | 'columns'>): ReactElement {
  return (
    <span className={classes['under']}>
      {columns.map((column) => (
        <span key={column.id} className={joinClasses(column.isWide === true && classes['wide'])}>
          <Unseen>, {column.title}: </Unseen>
          {shown(column, row)}
        </span>
      ))}
    </span>
  );
}

function shown<Row>(column: Column<Row>, row: Row): ReactNode {
  return column.show === undefined ? column.value(row) : column.show(row);
}

/** A press on a link, a button or while text is being selected means that and nothing else. */
function isOfItsOwn({ target, metaKey, ctrlKey, shiftKey }: MouseEvent<HTMLElement>): boolean {
  const isOnControl = target instanceof Element && target.closest('a, button, input') !== null;
  const isSelecting = (globalThis.getSelection()?.toString() ?? '') !== '';
  return isOnControl || isSelecting || metaKey || ctrlKey || shiftKey;
}

// `memo` forgets that the component is generic over its row.
export const BodyRow = memo(DrawnRow) as typeof DrawnRow;
