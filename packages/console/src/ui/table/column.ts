import type { ReactNode } from 'react';

import type { CellValue } from '../csv.ts';

/** One column of a table. */
export type Column<Row> = {
  readonly id: string;
  readonly title: string;
  /** What is sorted, filtered and exported. */
  readonly value: (row: Row) => CellValue;
  /** What is sorted instead of the value, smallest first. */
  readonly rank?: (row: Row) => number;
  /** What is shown; the value where this is left out. */
  readonly show?: (row: Row) => ReactNode;
  /** In pixels. */
  readonly width: number;
  /** It takes what is left over, in equal parts with others like it. Without one, all do. */
  readonly isWide?: boolean;
  /** The column disappears where the table is narrower than this, in pixels. */
  readonly wideFrom?: number;
  /** Where the table is too narrow for the column, its value stands on a second line of the row. */
  readonly isUnder?: boolean;
  readonly isNumber?: boolean;
  /** Its value is a moment, in milliseconds since 1970: exports say it as a date in UTC. */
  readonly isTime?: boolean;
  /** It holds buttons alone: nothing to sort by, and nothing to export. */
  readonly isAction?: boolean;
  /** Not shown until the reader asks for it. */
  readonly isHidden?: boolean;
};

/** How a table is sorted: `agent` or, the other way round, `-agent`. */
export type Order = { readonly id: string; readonly isDescending: boolean };

/** Reads an order as it stands in the address. */
export function parseOrder(text: string): Order | null {
  if (text === '') return null;
  return text.startsWith('-')
    ? { id: text.slice(1), isDescending: true }
    : { id: text, isDescending: false };
}

/** Returns an order as it stands in the address. */
export function orderText(order: Order | null): string {
  return order === null ? '' : `${order.isDescending ? '-' : ''}${order.id}`;
}
