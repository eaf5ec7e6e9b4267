import type { Entry } from '../evidence/entry.ts';
import { phaseOf, routeIn, type StagingBook } from './book.ts';
import { isStaged, routeOf, type StagingRule } from './rule.ts';

/**
 * Returns why the way that stands in a decision is not the one that the entries before it give, or
 * null. A decision without a way says nothing of it: earlier ones have none.
 */
export function whyMisrouted(
  book: StagingBook,
  rule: StagingRule,
  { at, session, open }: Pick<Entry, 'at' | 'session' | 'open'>,
): string | null {
  const found = routeIn(open['route']);
  const { tool, pact } = open;
  if (found === null || typeof pact !== 'string') return null;
  if (typeof tool !== 'string' || !isStaged(rule, tool))
    return 'the tool that was routed is not staged';
  const { phase } = phaseOf(book, rule, { pact, nowMs: at });
  const wanted = routeOf(rule, phase, { pact, session: session ?? '' });
  const isSame =
    wanted.side === found.side &&
    wanted.phase === found.phase &&
    wanted.upstream === found.upstream;
  return isSame ? null : `it went to \`${found.side}\`, and \`${wanted.side}\` was due`;
}
