import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useParams } from 'wouter';

import { findRoomSessions, type RoomSessions, useTraces } from '../../data/rooms.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { Fault } from '../../ui/field.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import { Page } from '../../ui/page.tsx';
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
  const finding = useMutation({ mutationFn: findRoomSessions });
  if (finding.data !== undefined) return <Found room={room} found={finding.data} />;
  return (
    <div className={classes['sealed']}>
      <p>Which sessions are in a room is sealed, because its name can hold personal data.</p>
      {mayOpen ? (
        <>
          <Button disabled={finding.isPending} onClick={() => finding.mutate(room)}>
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
  found: { rows, looked, isAll },
}: {
  readonly room: string;
  readonly found: RoomSessions;
}): ReactElement {
  const traces = useTraces(rows);
  if (rows.length === 0) {
    return (
      <EmptyState
        title="No session of this room"
        command={`plumb session open <agent> --room '${room}'`}
      >
        {isAll ? 'Every session was looked at' : `The last ${looked} sessions were looked at`}, and
        what was erased says of no room. Whoever opens a session names its room.
      </EmptyState>
    );
  }
  return (
    <>
      <p className={classes['soft']} role="status">
        {rows.length === 1 ? 'One session' : `${rows.length} sessions`} among{' '}
        {isAll ? 'all' : `the last ${looked.toLocaleString('en')}`}.
      </p>
      <Answered answer={traces} what="the sessions">
        {(all) => <Lanes traces={all} />}
      </Answered>
    </>
  );
}
