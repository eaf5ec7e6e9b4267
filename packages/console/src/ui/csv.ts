/** What a cell of an exported table can hold. */
export type CellValue = string | number | null;

// Without it Excel takes what is not ASCII for the code page of the machine.
const BYTE_ORDER_MARK = '\ufeff';
// The full-width ones count in some languages of Excel.
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/**
 * Returns a table as CSV (RFC 4180) in UTF-8, its first line the names.
 *
 * Text that a spreadsheet would take for a formula gets an apostrophe in front: what agents and
 * tools wrote stands in these cells.
 */
export function csvOf(names: readonly string[], rows: readonly (readonly CellValue[])[]): string {
  const lines = [names, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`);
  return BYTE_ORDER_MARK + lines.join('');
}

/** Returns a moment as spreadsheets read one: `2026-11-03 14:03:07`, in UTC. */
export function csvMoment(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}

function csvCell(value: CellValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
