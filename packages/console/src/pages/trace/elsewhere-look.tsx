import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Link } from 'wouter';

import { ownerOf } from '../../data/around.ts';
import { pactQuery } from '../../data/pacts.ts';
import { roomPlace, sessionPlace } from '../../data/places.ts';
import { findRoomSessions } from '../../data/rooms.ts';
import { useMay } from '../../data/session.ts';
import { openedRows, type SessionRow } from '../../data/traces.ts';
import { Button } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { Fault } from '../../ui/field.tsx';
import { TrustLabel } from '../../ui/marks.tsx';
import { textAt } from './open-part.ts';
import { Snippet } from './snippet.tsx';
import classes from './trace.module.css';
import { TRUST_WORDS } from './trust-words.ts';
import type { Origin } from './use-origin.ts';
import { askWorker } from './worker/ask-worker.ts';
import type { TrailPlace } from './worker/origin-trail.ts';
import type { SessionRecord } from './worker/session-record.ts';

/** A session of the same room in which a value stood before it was asked for. */
type FoundElsewhere = { readonly of: SessionRow; readonly places: readonly TrailPlace[] };

type Asked = {
  readonly room: string;
  readonly record: SessionRecord;
  readonly of: number;
  readonly value: string | number;
};

type Looked = { readonly found: readonly FoundElsewhere[]; readonly looked: number };

/** Looks for a value in the other sessions of the room, which opens them: that is recorded. */
export function ElsewhereLook({
  origin,
  record,
}: {
  readonly origin: Origin;
  readonly record: SessionRecord;
}): ReactElement | null {
  const mayOpen = useMay('read-sealed');
  const opening = record.rows.find(({ kind }) => kind === 'session_opened');
  const room = textAt(opening?.secret, 'room');
  const client = useQueryClient();
  const looking = useMutation({ mutationFn: (asked: Asked) => lookElsewhere(client, asked) });
  const { of, value } = origin;
  if (room === null || of === null || !mayOpen) return null;
  return (
    <div className={classes['elsewhere']}>
      {looking.data === undefined ? (
        <>
          <Button
            isSmall
            disabled={looking.isPending}
            onClick={() => looking.mutate({ room, record, of, value: origin.sought ?? value })}
          >
            {looking.isPending ? 'Looking…' : 'Look in the other sessions of its room'}
          </Button>
          <span className={classes['soft']}>That you read them is recorded in the log.</span>
        </>
      ) : (
        <Found room={room} {...looking.data} />
      )}
      <Fault error={looking.error} />
    </div>
  );
}

function Found({ room, found, looked }: Looked & { readonly room: string }): ReactElement {
  const link = (
    <Link href={roomPlace(room)}>
      <Visible text={room} />
    </Link>
  );
  if (found.length === 0) {
    return (
      <p className={classes['soft']}>
        It stood in none of the {looked} other sessions of the room {link} before.
      </p>
    );
  }
  return (
    <>
      <p>
        It stood before in {found.length} of {looked} other sessions of the room {link}:
      </p>
      <ol className={classes['trail']}>
        {found.flatMap(({ of: { agent, session }, places }) =>
          places.map(({ index, trust, snippet }) => (
            <li key={`${session} ${index}`} className={classes['step']} data-trust={trust}>
              <span className={classes['line']}>
                <Link href={sessionPlace(session, index)}>
                  Entry {index} of {agent}
                </Link>
                <TrustLabel trust={trust}>{TRUST_WORDS[trust]}</TrustLabel>
              </span>
              <Snippet snippet={snippet} />
            </li>
          )),
        )}
      </ol>
    </>
  );
}

/** Opens the last sessions of the room, and looks in each for a value before an entry. */
async function lookElsewhere(
  client: QueryClient,
  { room, record, of, value }: Asked,
): Promise<Looked> {
  const { rows } = await findRoomSessions({ room, before: null });
  const others = rows.filter(({ session }) => session !== record.session);
  const found: FoundElsewhere[] = [];
  for (const other of others) {
    const opened = { ...other, rows: await openedRows(other) };
    const digest = pactOf(opened.rows) ?? pactOf(record.rows);
    if (digest === null) continue;
    const pact = await client.fetchQuery(pactQuery(ownerOf(other.agent), digest));
    const { places } = await askWorker(opened, 'trail', { pact, index: of, value });
    if (places.length > 0) found.push({ of: other, places });
  }
  return { found, looked: others.length };
}

/** The pact by which the results of a session are trusted. */
function pactOf(rows: SessionRecord['rows']): string | null {
  return textAt(rows.findLast(({ open }) => textAt(open, 'pact') !== null)?.open, 'pact');
}
