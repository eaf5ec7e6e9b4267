import type { ReactElement } from 'react';

import { useMay } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { Fault } from '../../ui/field.tsx';
import classes from './trace.module.css';
import type { Opening } from './use-record.ts';

/** Says that something is sealed, and opens it for whoever may: the reading is recorded. */
export function SealedNote({
  what,
  opening,
}: {
  readonly what: string;
  readonly opening: Opening;
}): ReactElement {
  const mayOpen = useMay('read-sealed');
  return (
    <div className={classes['sealed']}>
      <p>{what} sealed, because it can hold personal data.</p>
      {mayOpen ? (
        <>
          <Button disabled={opening.isOpening} onClick={opening.open}>
            {opening.isOpening ? 'Opening…' : 'Open what is sealed'}
          </Button>
          <p className={classes['soft']}>That you read it is recorded in the log.</p>
        </>
      ) : (
        <p className={classes['soft']}>
          An approver or an admin can open it. That they read it is recorded.
        </p>
      )}
      <Fault error={opening.error} />
    </div>
  );
}
