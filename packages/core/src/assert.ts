/**
 * Throws when a fact that must hold does not: the error is a bug in this package, never bad input.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`bug: ${message}`);
}
