import type { ReactElement } from 'react';

import classes from './marks.module.css';
import { utcText } from './time-text.ts';
import { useSecond } from './use-now.ts';

/** How long is left until a moment, counted down each second; nothing is left after it. */
export function Countdown({ until }: { readonly until: number }): ReactElement {
  const leftMs = until - useSecond();
  return (
    <time
      className={classes['time']}
      dateTime={new Date(until).toISOString()}
      title={utcText(until)}
      data-urgent={leftMs < 60_000 ? '' : undefined}
    >
      {leftMs <= 0 ? 'no time' : leftText(leftMs)}
    </time>
  );
}

/** Returns what is left as people count it: `42 s`, `9 min 05 s`, `3 h 20 min`, `2 days 4 h`. */
export function leftText(leftMs: number): string {
  const seconds = Math.floor(leftMs / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes < 1) return `${seconds} s`;
  if (hours < 1) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}
