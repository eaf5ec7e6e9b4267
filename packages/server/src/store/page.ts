import type { Filter } from './models.ts';

/** The most rows of a page, and how many there are unless asked otherwise. */
export const PAGE = { most: 1_000, usual: 100 } as const;

/** The lists there are. */
export type List = 'sessions' | 'decisions' | 'events' | 'grants';

const everywhere = ['fromAt', 'untilAt', 'before', 'limit'] as const;

const narrows: Readonly<Record<List, ReadonlySet<string>>> = {
  sessions: new Set(['agent', 'session', 'subject', ...everywhere]),
  decisions: new Set([
    'agent',
    'session',
    'verdict',
    'tool',
    'rule',
    'subject',
    'isUnfinished',
    ...everywhere,
  ]),
  events: new Set(['agent', 'session', 'kind', 'subject', 'after', ...everywhere]),
  grants: new Set(['agent', 'session', 'mechanism', ...everywhere]),
};

/** Returns how many rows a page may have. Throws on a filter the list cannot be narrowed by. */
export function pageLimit(list: List, filter: Filter): number {
  for (const [member, value] of Object.entries(filter)) {
    if (value !== undefined && !narrows[list].has(member)) {
      throw new Error(`bug: ${list} cannot be narrowed by \`${member}\``);
    }
  }
  const { limit = PAGE.usual } = filter;
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= PAGE.most) return limit;
  throw new Error(`bug: a page of ${limit} rows`);
}
