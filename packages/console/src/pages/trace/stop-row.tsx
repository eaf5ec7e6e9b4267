import type { ReactElement } from 'react';
import { Link } from 'wouter';

import { haltPlace } from '../../data/places.ts';
import { Visible } from '../../ui/code-view.tsx';
import { targetText } from '../../ui/halt/halt-words.ts';
import { StatePill } from '../../ui/marks.tsx';
import { Time } from '../../ui/time.tsx';
import type { LaneStop } from './lane-stops.ts';
import classes from './trace.module.css';

/** A halt across the lanes it reached, or its end. */
export function StopRow({
  stop: { kind, at, halt },
  isStacked,
}: {
  readonly stop: LaneStop;
  readonly isStacked: boolean;
}): ReactElement {
  const { halt: id, agent, scope, target, reason } = halt;
  const isHalt = kind === 'halt';
  return (
    <div className={classes['across']}>
      {isStacked && (
        <span className={classes['lane-name']}>
          every lane · <Time at={at} isInRow />
        </span>
      )}
      <Link
        href={haltPlace(id)}
        className={classes['row'] ?? ''}
        data-rail={isHalt ? 'halt' : 'none'}
        data-lane=""
        data-entry=""
      >
        <span className={classes['words']}>
          <span className={classes['title']}>
            {isHalt ? 'Halted' : 'May go on'}:{' '}
            <Visible text={targetText({ agent, scope, target })} />
          </span>
          {isHalt && (
            <span className={classes['more']}>
              <Visible text={reason} />
            </span>
          )}
        </span>
        <StatePill tone={isHalt ? 'danger' : 'good'}>{kind}</StatePill>
      </Link>
    </div>
  );
}
