import type { ReactElement } from 'react';

import { useNow } from './use-now.ts';
import classes from './marks.module.css';
import { usePreferences } from './preferences.ts';
import { agoText, momentText, utcText } from './time-text.ts';
import { Tooltip } from './tooltip.tsx';

type TimeProps = {
  readonly at: number;
  /** How long ago instead of when. */
  readonly isAgo?: boolean;
  /** In rows of tables: no stop of the tab key, so that a table has one stop a row. */
  readonly isInRow?: boolean;
};

/** A moment in the reader's zone; hover and focus say it in UTC, to the millisecond. */
export function Time({ at, isAgo = false, isInRow = false }: TimeProps): ReactElement {
  const [{ zone }] = usePreferences();
  const nowMs = useNow();
  const text = isAgo ? `${agoText(at, nowMs)} ago` : momentText(at, zone, nowMs);
  const iso = new Date(at).toISOString();
  if (isInRow) {
    return (
      <time className={classes['time']} dateTime={iso} title={utcText(at)}>
        {text}
      </time>
    );
  }
  return (
    <Tooltip text={utcText(at)}>
      <time className={classes['time']} dateTime={iso} tabIndex={0}>
        {text}
      </time>
    </Tooltip>
  );
}
