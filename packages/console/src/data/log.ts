import {
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  type UseQueryResult,
} from '@tanstack/react-query';

import { type Answer, api, askBytes, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';

/** One entry of the log as lists tell it. */
export type EventRow = Answer<'/api/v1/events'>['rows'][number];

/** A page of entries, newest first, and the words that said nothing. */
export type EventPage = {
  readonly rows: readonly EventRow[];
  readonly next: number | null;
  readonly unknown: readonly string[];
};

/** How the log stands. */
export type LogStatus = Answer<'/api/v1/log'>;

/** Which entries are wanted; empty texts want all. */
export type EventFilters = {
  /** Words as `/api/v1/search` takes them: `tool:refund verdict:deny`, or bare ones. */
  readonly words: string;
  readonly agent: string;
  readonly session: string;
  readonly kind: string;
  readonly fromAt: number | null;
  readonly untilAt: number | null;
};

const PAGE_ROWS = 500;

/** Entries that match, newest first, a page at a time. */
export function useEvents(
  filters: EventFilters,
): UseInfiniteQueryResult<InfiniteData<EventPage, number | null>> {
  return useInfiniteQuery({
    queryKey: ['events', filters],
    initialPageParam: null,
    queryFn: ({ pageParam, signal }: { pageParam: number | null; signal: AbortSignal }) =>
      askEvents(filters, pageParam, signal),
    getNextPageParam: ({ next }) => next,
  });
}

/** One page of entries that match, before an index or from the newest. */
export async function askEvents(
  filters: EventFilters,
  before: number | null,
  signal?: AbortSignal,
): Promise<EventPage> {
  if (filters.words !== '') return findEvents(filters, before, signal);
  const { agent, session, kind, fromAt, untilAt } = filters;
  const query = {
    ...(agent === '' ? {} : { agent }),
    ...(session === '' ? {} : { session }),
    ...(kind === '' ? {} : { kind }),
    ...(fromAt === null ? {} : { fromAt: String(fromAt) }),
    ...(untilAt === null ? {} : { untilAt: String(untilAt) }),
    ...(before === null ? {} : { before: String(before) }),
    limit: String(PAGE_ROWS),
  };
  const asked = { params: { query }, ...(signal === undefined ? {} : { signal }) };
  return { ...bodyOf(await api.GET('/api/v1/events', asked)), unknown: [] };
}

async function findEvents(
  { agent, session, kind, words, fromAt, untilAt }: EventFilters,
  before: number | null,
  signal?: AbortSignal,
): Promise<EventPage> {
  const terms = { agent, session, kind };
  const named = Object.entries(terms).flatMap(([name, value]) =>
    value === '' ? [] : [`${name}:${value}`],
  );
  const query = {
    q: [words, ...named].join(' '),
    ...(before === null ? {} : { before: String(before) }),
    limit: String(PAGE_ROWS),
  };
  const asked = { params: { query }, ...(signal === undefined ? {} : { signal }) };
  const { rows, next, unknown } = bodyOf(await api.GET('/api/v1/search', asked));
  const isWithin = ({ at }: EventRow): boolean =>
    at >= (fromAt ?? 0) && at <= (untilAt ?? Infinity);
  return { rows: rows.filter(isWithin), next, unknown };
}

/** How the log stands, kept up to date. */
export function useLogStatus(): UseQueryResult<LogStatus> {
  return useLiveQuery({
    key: ['log'],
    ask: askLog,
    isTouchedBy: () => true,
  });
}

/** How the log stands this moment. */
export async function askLog(signal?: AbortSignal): Promise<LogStatus> {
  return bodyOf(await api.GET('/api/v1/log', signal === undefined ? {} : { signal }));
}

/** The exact bytes of one entry. */
export function askEntry(index: number, signal?: AbortSignal): Promise<Uint8Array> {
  return askBytes(`/api/v1/log/entries/${index}`, signal);
}

/** The proof of one entry that travels alone, as the file that it is. */
export function askProof(index: number, signal?: AbortSignal): Promise<Uint8Array> {
  return askBytes(`/api/v1/log/entries/${index}/proof`, signal);
}

/** What proves that the log extends what it was at a size. */
export async function askConsistency(
  from: number,
  signal?: AbortSignal,
): Promise<Answer<'/api/v1/log/consistency'>> {
  const asked = {
    params: { query: { from: String(from) } },
    ...(signal === undefined ? {} : { signal }),
  };
  return bodyOf(await api.GET('/api/v1/log/consistency', asked));
}
