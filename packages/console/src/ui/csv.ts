/** What a cell of an exported table can hold. */
export type CellValue = string | number | null;

/**
 * Returns a table as CSV (RFC 4180), its first line the names.
 *
 * Text that a spreadsheet would take for a formula gets an apostrophe in front: what agents and
 * tools wrote stands in these cells.
 */
export function csvOf(names: readonly string[], rows: readonly (readonly CellValue[])[]): string {
  return [names, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(value: CellValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
