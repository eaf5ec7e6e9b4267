import { useMutation } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { useParams } from 'wouter';

import { findRoomSessions, type RoomSessions, useTraces } from '../../data/rooms.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { Fault } from '../../ui/field.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import { Page } from '../../ui/page.tsx';
import { shellWord } from '../../ui/shell-word.ts';
import { Answered, EmptyState } from '../../ui/states.tsx';
import { Lanes } from './lanes.tsx';
import classes from './trace.module.css';

/** Several sessions of one room side by side. */
export function RoomPage(): ReactElement {
  const { room = '' } = useParams();
  const name = decodedName(room);
  return (
    <Page
      title={`Room “${visibleText(name)}”`}
      lead="Its sessions side by side, in the order in which things happened."
    >
      <Room key={name} room={name} />
    </Page>
  );
}

/** The router gives a place as it stands in the address. */
function decodedName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function Room({ room }: { readonly room: string }): ReactElement {
  const mayOpen = useMay('read-sealed');
  const [pages, setPages] = useState<readonly RoomSessions[]>([]);
  const finding = useMutation({
    mutationFn: findRoomSessions,
    onSuccess: (page) => setPages((before) => [...before, page]),
  });
  const last = pages.at(-1);
  const more = (): void => finding.mutate({ room, before: last?.next ?? null });
  if (last !== undefined) {
    return (
      <Found room={room} pages={pages} onMore={last.next === null ? null : more} {...finding} />
    );
  }
  return (
    <div className={classes['sealed']}>
      <p>Which sessions are in a room is sealed, because its name can hold personal data.</p>
      {mayOpen ? (
        <>
          <Button disabled={finding.isPending} onClick={more}>
            {finding.isPending ? 'Looking…' : 'Find its sessions'}
          </Button>
          <p className={classes['soft']}>That you read it is recorded in the log.</p>
        </>
      ) : (
        <p className={classes['soft']}>
          An approver or an admin can find them. That they read it is recorded.
        </p>
      )}
      <Fault error={finding.error} />
    </div>
  );
}

function Found({
  room,
  pages,
  onMore,
  isPending,
  error,
}: {
  readonly room: string;
  readonly pages: readonly RoomSessions[];
  /** Looks further; null: everything was looked at. */
  readonly onMore: (() => void) | null;
  readonly isPending: boolean;
  readonly error: unknown;
}): ReactElement {
  const rows = pages.flatMap((page) => page.rows);
  const looked = pages.reduce((sum, page) => sum + page.looked, 0).toLocaleString('en');
  const traces = useTraces(rows);
  if (rows.length === 0 && onMore === null) {
    return (
      <EmptyState
        title="No session of this room"
        command={`plumb session open AGENT --room ${shellWord(room)}`}
      >
        Every session that may be of it was looked at, and what was erased says of no room. Whoever
        opens a session names its room.
      </EmptyState>
    );
  }
  return (
    <>
      <div className={classes['line']}>
        <p className={classes['soft']} role="status">
          {foundText(rows.length, onMore === null)}
          {onMore !== null && rows.length === 0 && ` So far ${looked} were looked at.`}
        </p>
        {onMore !== null && (
          <Button isSmall disabled={isPending} onClick={onMore}>
            {isPending ? 'Looking…' : 'Look for older ones'}
          </Button>
        )}
      </div>
      <Fault error={error} />
      {rows.length > 0 && (
        <Answered answer={traces} what="the sessions">
          {(all) => <Lanes room={room} traces={all} />}
        </Answered>
      )}
    </>
  );
}

function foundText(count: number, isAll: boolean): string {
  const found = count === 1 ? 'one session' : `${count} sessions`;
  return isAll ? `All its sessions: ${found}.` : `Its last sessions: ${found} so far.`;
}
