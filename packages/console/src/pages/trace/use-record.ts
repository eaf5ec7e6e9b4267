import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';

import { type Opened, openTrace, type Trace, type TraceRow } from '../../data/traces.ts';
import { askWorker } from './worker/ask-worker.ts';
import type { QuestionName, Questions } from './worker/questions.ts';
import type { SessionRecord } from './worker/session-record.ts';

/** What was opened of a session by this reader, and how to open the rest. */
export type Opening = {
  readonly record: SessionRecord;
  readonly isOpening: boolean;
  readonly error: unknown;
  /** Whether something is sealed that this reader has not opened yet. */
  readonly isMore: boolean;
  readonly open: () => void;
};

const NOTHING: Opened = new Map();

/**
 * A session's entries with what this reader opened of them.
 *
 * What is opened is kept for as long as the page is looked at, and asked for only by a press: the
 * daemon records each reading. What is written afterwards stays sealed until the next press.
 */
export function useRecord({ session: { agent, session }, rows }: Trace): Opening {
  const [opened, setOpened] = useState(NOTHING);
  const [state, setState] = useState<{ isOpening: boolean; error: unknown }>(IDLE);
  const merged = useMemo(() => rows.map((row) => withOpened(row, opened)), [rows, opened]);
  const record = useMemo(() => ({ agent, session, rows: merged }), [agent, session, merged]);
  const after = rows.findLast(({ index }) => opened.has(index))?.index ?? null;
  const open = useCallback(() => {
    setState({ isOpening: true, error: null });
    openTrace({ agent, session }, after)
      .then((more) => setOpened((before) => new Map([...before, ...more])))
      .then(
        () => setState(IDLE),
        (error: unknown) => setState({ isOpening: false, error }),
      );
  }, [agent, session, after]);
  const isMore = merged.some(({ sealed }) => sealed === 'sealed');
  return { record, isMore, open, ...state };
}

const IDLE = { isOpening: false, error: null };

function withOpened(row: TraceRow, opened: Opened): TraceRow {
  const one = opened.get(row.index);
  return one === undefined ? row : { ...row, ...one };
}

/** The worker's answer to a question about a session, where there is something to ask. */
export function useWorker<Name extends QuestionName>(
  record: SessionRecord,
  name: Name,
  asked: Questions[Name]['asked'] | null,
): UseQueryResult<Questions[Name]['answer'] | null> {
  const { agent, session, rows } = record;
  const opened = rows.reduce((count, { secret }) => (secret === null ? count : count + 1), 0);
  return useQuery({
    queryKey: ['trace-work', agent, session, rows.length, opened, name, keyOf(asked)],
    queryFn: () => (asked === null ? null : askWorker(record, name, asked)),
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
  });
}

/** Pacts are told apart by their digests; their sources are long. */
function keyOf(asked: object | null): string {
  const short = (_: string, value: unknown): unknown => {
    const digest: unknown = Reflect.get(Object(value), 'digest');
    return typeof digest === 'string' ? digest : value;
  };
  return JSON.stringify(asked, short);
}
