/**
 * Cites the requirements a test proves, by their ids in `spec/requirements.md`.
 *
 * Does nothing at run time: `tools/tidy.ts` reads the citations from the source, refuses an id the
 * specification does not list, and `npm run coverage:requirements` prints who proves what. The ids
 * must therefore be string literals.
 */
export function verifies(...requirementIds: readonly [string, ...string[]]): void {
  void requirementIds;
}
