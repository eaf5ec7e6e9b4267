import type { Column } from './column.ts';

/** Returns which columns are hidden: by the reader's choice, else by what the width bears. */
export function hiddenIds(
  columns: readonly Pick<Column<never>, 'id' | 'isHidden' | 'wideFrom'>[],
  width: number,
  chosen: ReadonlyMap<string, boolean>,
): ReadonlySet<string> {
  const isShown = ({ id, isHidden, wideFrom = 0 }: (typeof columns)[number]): boolean =>
    chosen.get(id) ?? (isHidden !== true && (width === 0 || width >= wideFrom));
  return new Set(columns.filter((column) => !isShown(column)).map(({ id }) => id));
}

/** Returns the columns that stand below the row's others, because the width does not bear them. */
export function columnsUnder<Row>(
  columns: readonly Column<Row>[],
  hidden: ReadonlySet<string>,
  chosen: ReadonlyMap<string, boolean>,
): readonly Column<Row>[] {
  return columns.filter(({ id, isUnder }) => isUnder === true && hidden.has(id) && !chosen.has(id));
}

/** Returns the least width in pixels that columns want together. */
export function widthOf(columns: readonly Pick<Column<never>, 'width'>[]): number {
  return columns.reduce((sum, { width }) => sum + width, 0);
}
