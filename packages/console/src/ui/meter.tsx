import type { ReactElement } from 'react';

import classes from './meter.module.css';
import { joinClasses } from './join-classes.ts';

type MeterProps = {
  /** What is measured, for those who hear the page. */
  readonly label: string;
  /** How far it is, from 0 to 1; null: under way, and nobody knows how far. */
  readonly part: number | null;
  /** The same in words, for those who hear the page. */
  readonly text: string;
  readonly tone?: 'accent' | 'warn' | 'danger';
  readonly role?: 'meter' | 'progressbar';
};

/** A quiet bar beside words that say the same. */
export function Meter(props: MeterProps): ReactElement {
  const { label, part, text, tone = 'accent', role = 'meter' } = props;
  const percent = part === null ? null : Math.round(Math.min(1, Math.max(0, part)) * 100);
  const now = percent === null ? {} : { 'aria-valuenow': percent };
  return (
    <div
      role={role}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={text}
      {...now}
      className={classes['meter']}
    >
      <div
        className={joinClasses(classes['part'], classes[tone], percent === null && classes['busy'])}
        style={percent === null ? {} : { width: `${percent}%` }}
      />
    </div>
  );
}
