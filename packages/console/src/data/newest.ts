import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { LiveRow } from './live-message.ts';
import { useLiveQuery } from './use-live.ts';

/** One page of a list, newest first, and before which index the next begins. */
export type ListPage<Row> = { readonly rows: readonly Row[]; readonly next: number | null };

type Question<Row> = {
  readonly key: readonly unknown[];
  readonly ask: (before: number | null, signal?: AbortSignal) => Promise<ListPage<Row>>;
  readonly isTouchedBy: (row: LiveRow) => boolean;
};

/** A list as far as it is known, which follows what happens until older rows are asked for. */
export type Newest<Row> = {
  readonly rows: readonly Row[] | null;
  readonly error: unknown;
  /** Whether the list stands still, because older rows are below its newest. */
  readonly isHeld: boolean;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly more: () => void;
  /** Lets go of the older rows, and follows again. */
  readonly follow: () => void;
  readonly retry: () => void;
};

/**
 * The newest rows of a list, live. Asking for more holds the list still: rows that come in above
 * while somebody reads below would move what they read, and could leave a hole between two pages.
 */
export function useNewest<Row>({ key, ask, isTouchedBy }: Question<Row>): Newest<Row> {
  const name = JSON.stringify(key);
  const [held, setHeld] = useState<{ readonly name: string; readonly page: ListPage<Row> }>();
  const kept = held?.name === name ? held.page : null;
  const newest = useLiveQuery({
    key,
    ask: (signal) => ask(null, signal),
    isTouchedBy: (row) => kept === null && isTouchedBy(row),
  });
  const older = useInfiniteQuery({
    queryKey: [...key, 'before', kept?.next ?? null],
    initialPageParam: kept?.next ?? null,
    queryFn: ({ pageParam, signal }: { pageParam: number | null; signal: AbortSignal }) =>
      ask(pageParam, signal),
    getNextPageParam: ({ next }) => next,
    enabled: kept !== null && kept.next !== null,
    staleTime: Infinity,
  });
  const first = kept ?? newest.data ?? null;
  const below = kept === null ? [] : (older.data?.pages.flatMap(({ rows }) => rows) ?? []);
  const page = newest.data;
  return {
    rows: first === null ? null : [...first.rows, ...below],
    error: newest.data === undefined ? newest.error : older.error,
    isHeld: kept !== null,
    hasMore: kept === null ? (first?.next ?? null) !== null : older.hasNextPage,
    isLoading: older.isFetching,
    more: () => {
      if (kept !== null) void older.fetchNextPage();
      else if (page !== undefined) setHeld({ name, page });
    },
    follow: () => {
      setHeld(undefined);
      void newest.refetch();
    },
    retry: () => void (newest.data === undefined ? newest.refetch() : older.refetch()),
  };
}

const MOST_EXPORTED = 1_000_000;

/** Every row of a list, in pages; a list too long for a browser is refused. */
export async function allRows<Row>(ask: Question<Row>['ask']): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let before: number | null = null;
  do {
    const page: ListPage<Row> = await ask(before);
    for (const row of page.rows) rows.push(row);
    before = page.next;
    if (rows.length > MOST_EXPORTED) throw new Error('more than a million rows: narrow them first');
  } while (before !== null);
  return rows;
}
