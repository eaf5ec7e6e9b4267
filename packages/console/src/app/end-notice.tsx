import type { ReactNode } from 'react';

import { type ConsoleSession, useBeingHere } from '../data/session.ts';
import { Button } from '../ui/button.tsx';
import { Time } from '../ui/time.tsx';
import classes from './layout.module.css';
import { endOf } from './use-session-end.ts';
import { useHasCome } from './use-has-come.ts';

const AHEAD_MS = 60_000;

/** Says a minute before that a session ends; one press keeps it, where use can. */
export function EndNotice({ session }: { readonly session: ConsoleSession }): ReactNode {
  const stay = useBeingHere();
  const { idleMs, idleAtMs } = session;
  const end = endOf(session);
  const aheadMs = Math.min(AHEAD_MS, (idleMs ?? Infinity) / 2);
  const isNear = useHasCome(end === null ? null : end - aheadMs);
  if (end === null || !isNear) return null;
  const isForWantOfUse = end === idleAtMs;
  return (
    <div className={classes['end']} role="alert">
      <p>
        {isForWantOfUse ? 'Nothing was done here for a while: you are signed out at ' : ''}
        {isForWantOfUse ? null : 'Your session is as old as sessions get: it ends at '}
        <Time at={end} />
        {isForWantOfUse ? '.' : '. Finish what you are doing, then sign in again.'}
      </p>
      {isForWantOfUse && (
        <Button look="primary" disabled={stay.isPending} onClick={() => stay.mutate()}>
          Stay signed in
        </Button>
      )}
    </div>
  );
}
