import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactElement, type ReactNode, useRef } from 'react';
import { useLocation } from 'wouter';

import { Unseen } from '../states.tsx';
import { BodyRow } from './body-row.tsx';
import type { Column } from './column.ts';
import classes from './table.module.css';
import { useRowKeys } from './use-row-keys.ts';
import type { Rows } from './use-rows.ts';

const ROW_PX = 34;
// With a second line. The style sheet says the same heights.
const TALL_ROW_PX = 58;
const HEAD_PX = 33;
const OVERSCAN = 6;

type Matching<Row extends object> = ReturnType<Rows<Row>['getRowModel']>['rows'];

type TableBodyProps<Row extends object> = {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  /** What stands on a second line of each row. */
  readonly under: readonly Column<Row>[];
  readonly rows: Matching<Row>;
  /** Whether other rows are on their way, because the filter has changed. */
  readonly isBusy: boolean;
  readonly width: number;
  readonly rowHref?: (row: Row) => string;
  readonly head: ReactNode;
  readonly foot: ReactNode;
  readonly nothing: string;
};

/** The rows that are in sight, of however many. Arrows go from row to row, Enter follows one. */
export function TableBody<Row extends object>(props: TableBodyProps<Row>): ReactElement {
  const { name, columns, under, rows, isBusy, width, rowHref, head, foot, nothing } = props;
  const box = useRef<HTMLDivElement>(null);
  const [, navigate] = useLocation();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => (under.length === 0 ? ROW_PX : TALL_ROW_PX),
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: OVERSCAN,
    scrollPaddingStart: HEAD_PX,
  });
  const hasWide = columns.some(({ isWide }) => isWide === true);
  const shareOf = ({ isWide, width: px }: Column<Row>): string => {
    if (hasWide) return isWide === true ? 'auto' : `${px}px`;
    return `${(px / width) * 100}%`;
  };
  const items = virtual.getVirtualItems();
  const [before, after] = [items[0]?.start ?? 0, virtual.getTotalSize() - (items.at(-1)?.end ?? 0)];
  const { current, onKeyDown } = useRowKeys({
    box,
    count: rows.length,
    hrefAt: (index) => hrefOf(rows[index], rowHref),
    scrollTo: (index) => virtual.scrollToIndex(index),
  });
  // A row that was scrolled away is not there to stop at.
  const stop = items.some(({ index }) => index === current) ? current : items[0]?.index;
  return (
    <div className={classes['scroll']} ref={box}>
      <table
        className={classes['table']}
        aria-rowcount={rows.length + 1}
        aria-busy={isBusy}
        style={{ minWidth: width }}
      >
        <caption>
          <Unseen>{name}</Unseen>
        </caption>
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} style={{ width: shareOf(column) }} />
          ))}
        </colgroup>
        {head}
        <tbody onKeyDown={onKeyDown}>
          <Gap height={before} span={columns.length} />
          {items.map(({ index, key }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <BodyRow
                key={key}
                row={row.original}
                index={index}
                columns={columns}
                under={under}
                isCurrent={index === stop}
                href={hrefOf(row, rowHref)}
                onFollow={navigate}
              />
            );
          })}
          <Gap height={after} span={columns.length} />
          {rows.length === 0 && <Nothing span={columns.length} text={nothing} />}
        </tbody>
      </table>
      {foot}
    </div>
  );
}

function hrefOf<Row>(
  row: { readonly original: Row } | undefined,
  rowHref: ((row: Row) => string) | undefined,
): string | null {
  return row === undefined || rowHref === undefined ? null : rowHref(row.original);
}

function Gap({ height, span }: { readonly height: number; readonly span: number }): ReactNode {
  if (height <= 0) return null;
  return (
    <tr className={classes['gap']} aria-hidden="true">
      <td colSpan={span} style={{ height }} />
    </tr>
  );
}

function Nothing({ span, text }: { readonly span: number; readonly text: string }): ReactElement {
  return (
    <tr>
      <td colSpan={span} className={classes['none']}>
        {text}
      </td>
    </tr>
  );
}
