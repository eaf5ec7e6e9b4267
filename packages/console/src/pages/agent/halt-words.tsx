import type { ReactElement } from 'react';
import { Link } from 'wouter';

import { useHalts } from '../../data/halts.ts';
import { haltPlace } from '../../data/places.ts';
import { Visible } from '../../ui/code-view.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './agent.module.css';

/** Why an agent is halted, by whom and since when, one press from what it did before. */
export function HaltWords({
  agent,
  reason,
}: {
  readonly agent: string;
  readonly reason: string;
}): ReactElement {
  const { data } = useHalts();
  const halt = data?.rows.find(
    (row) =>
      row.resumedAt === null &&
      row.reason === reason &&
      (row.agent === null || row.agent === agent),
  );
  return (
    <span className={classes['why']}>
      Halted because: <Visible text={reason} />
      {halt !== undefined && (
        <>
          {' '}
          (<Time at={halt.latchedAt} /> by <Visible text={halt.byName ?? halt.by} />
          ). <Link href={haltPlace(halt.halt)}>What it did, and how far the halt is</Link>
        </>
      )}
    </span>
  );
}
