import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useRef, useSyncExternalStore } from 'react';

import { LiveStream, type LiveState } from './live.ts';
import type { LiveRow } from './live-message.ts';
import { startPacing } from './pace.ts';

/** The stream of this console. */
export const live: LiveStream = new LiveStream('/api/v1/stream');

const PACE_MS = 1_000;

/** Where the live stream stands. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (watcher) => live.watch(watcher),
    () => live.state,
  );
}

/** A question to the daemon that is asked again when entries of the ledger touch its answer. */
export type LiveQuestion<Value, Part = Value> = {
  readonly key: readonly unknown[];
  readonly ask: (signal: AbortSignal) => Promise<Value>;
  /** Whether an entry may change the answer. */
  readonly isTouchedBy: (row: LiveRow) => boolean;
  readonly isAsked?: boolean;
  /** The part of the answer that is meant, where one answer serves several questions. */
  readonly select?: (value: Value) => Part;
  /** What is shown until the first answer, where something is known already. */
  readonly first?: () => Value | undefined;
};

/**
 * The answer to a question, kept up to date by the live stream.
 *
 * However many entries come, it is asked at most once a second, and never while it is being asked.
 */
export function useLiveQuery<Value, Part = Value>(
  question: LiveQuestion<Value, Part>,
): UseQueryResult<Part> {
  const client = useQueryClient();
  const { key, ask, isTouchedBy, isAsked = true, select, first } = question;
  const touched = useRef(isTouchedBy);
  useEffect(() => {
    touched.current = isTouchedBy;
  });
  const name = JSON.stringify(key);
  useEffect(() => {
    if (!isAsked) return undefined;
    const queryKey: readonly unknown[] = JSON.parse(name);
    const pace = startPacing(() => client.invalidateQueries({ queryKey, exact: true }), PACE_MS);
    const stop = live.listen((rows) => {
      if (rows === 'everything' || rows.some((row) => touched.current(row))) pace.want();
    });
    return () => {
      stop();
      pace.stop();
    };
  }, [client, name, isAsked]);
  // No answer is a function, which is all that the library's guard asks.
  const known = first as (() => Exclude<Value, Function> | undefined) | undefined;
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask(signal),
    enabled: isAsked,
    ...(select === undefined ? {} : { select }),
    ...(known === undefined ? {} : { placeholderData: known }),
  });
}
