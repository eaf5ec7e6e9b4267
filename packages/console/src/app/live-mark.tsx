import type { ReactElement } from 'react';

import { useLiveState } from '../data/use-live.ts';
import classes from './layout.module.css';

const WORDS = { live: 'Live', connecting: 'Connecting', away: 'Away' } as const;

/** Whether what is shown follows what happens. */
export function LiveMark(): ReactElement {
  const { kind } = useLiveState();
  return (
    <span className={classes['live']} data-state={kind} role="status" title={WORDS[kind]}>
      <span>{WORDS[kind]}</span>
    </span>
  );
}
