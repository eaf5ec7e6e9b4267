/** The members of a pact, in the order `fmt` puts them. */
export const PACT_KEYS: readonly string[] = (
  'pact extends agent purpose goal owner approvers approve_within autonomy timezone session ' +
  'schemas tools tiers facts lists allow exclude step_up defer modify flows rule_of_two tasks ' +
  'unlisted gates bulk duplicates persistence dormant checkpoints canaries halt_on staging ' +
  'when_away persona watch metrics drill cases'
).split(' ');

/** The members of a rule, in the order `fmt` puts them; others follow as they stand. */
export const RULE_KEYS: readonly string[] = 'id mode tool output from to key when unless'.split(
  ' ',
);

/** The members of a pact that are lists of rules. */
export const RULE_LISTS: ReadonlySet<string> = new Set(
  'allow exclude step_up defer modify flows duplicates checkpoints'.split(' '),
);

/** Returns items by the order of their keys; unknown keys keep their order at the end. */
export function inOrder<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  order: readonly string[],
): readonly T[] {
  const rank = (item: T): number => {
    const at = order.indexOf(keyOf(item));
    return at < 0 ? order.length : at;
  };
  return items.toSorted((a, b) => rank(a) - rank(b));
}
