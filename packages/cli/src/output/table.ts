/** One column: its head, and whether its cells stand at the right. */
export type Column = { readonly head: string; readonly align?: 'right' };

/**
 * Returns a plain text table, two spaces between columns, heads in the first line.
 *
 * Widths are counted in code points without colour codes.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const heads = columns.map((column) => column.head);
  const lines = rows.map((row) => row.map(onOneLine));
  const widths = columns.map((_, at) =>
    Math.max(...[heads, ...lines].map((row) => width(row[at] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    columns
      .map((column, at) => pad(row[at] ?? '', widths[at] ?? 0, column.align === 'right'))
      .join('  ')
      .trimEnd();
  return [heads, ...lines].map(line).join('\n');
}

/** Returns a table whose columns stand at the left, or what to say where it has no rows. */
export function renderRows(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  none: string,
): string {
  if (rows.length === 0) return none;
  return renderTable(
    heads.map((head) => ({ head })),
    rows,
  );
}

/** A name that holds a line's end would look like a row of its own. */
function onOneLine(cell: string): string {
  return cell.replaceAll(/\s*[\r\n\u2028\u2029]+\s*/g, ' ');
}

function pad(cell: string, size: number, isRight: boolean): string {
  const gap = ' '.repeat(Math.max(0, size - width(cell)));
  return isRight ? gap + cell : cell + gap;
}

function width(cell: string): number {
  // oxlint-disable-next-line no-control-regex -- colour codes start with the escape character
  return Array.from(cell.replaceAll(/\u001b\[[0-9;]*m/g, '')).length;
}
