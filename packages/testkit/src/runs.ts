/**
 * How often a random test runs: as often as it is given in `npm test`, and a quarter of that in
 * the everyday loop, whose promise is to end within a minute.
 */
export function runs(count: number): number {
  return process.env['PLUMBLINE_EVERY_RUN'] === undefined ? Math.ceil(count / 4) : count;
}
