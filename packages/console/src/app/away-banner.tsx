import { type ReactNode, useEffect, useState } from 'react';

import { live, useLiveState } from '../data/use-live.ts';
import { Button } from '../ui/button.tsx';
import { Time } from '../ui/time.tsx';
import classes from './layout.module.css';

// A stream that is back at once is nobody's business.
const PATIENCE_MS = 1_500;

/** Says since when the daemon is away, and that what is shown is of then. */
export function AwayBanner(): ReactNode {
  const state = useLiveState();
  const sinceMs = state.kind === 'away' ? state.sinceMs : null;
  // The break that has lasted long enough to be said.
  const [saidMs, setSaidMs] = useState<number | null>(null);
  useEffect(() => {
    if (sinceMs === null) return undefined;
    const timer = setTimeout(() => setSaidMs(sinceMs), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [sinceMs]);
  if (sinceMs === null || saidMs !== sinceMs) return null;
  return (
    <div className={classes['banner']} role="alert">
      <span>
        The daemon has been away since <Time at={sinceMs} />. What you see is of then; it catches up
        by itself.
      </span>
      <Button isSmall onClick={() => live.retry()}>
        Try now
      </Button>
    </div>
  );
}
