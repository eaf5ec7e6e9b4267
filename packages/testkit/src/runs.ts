/**
 * How often a random test runs: as often as it is given, and a quarter of that in the everyday
 * loop (`PLUMBLINE_QUICK`), whose promise is to end within a minute.
 */
export function runs(count: number): number {
  return process.env['PLUMBLINE_QUICK'] === undefined ? count : Math.ceil(count / 4);
}
