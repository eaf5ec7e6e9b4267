import type { ReactElement } from 'react';

import { Visible } from '../../../ui/code-view.tsx';
import { StatePill } from '../../../ui/marks.tsx';
import { WithCode } from '../../../ui/with-code.tsx';
import classes from '../agent.module.css';
import type { Finding, Spot } from './pact-editor.tsx';

const MOST = 100;

/** Everything wrong or doubtful about what is written, as `plumb pact check` says it. */
export function DiagnosticList({
  findings,
  isRead,
  onGo,
}: {
  readonly findings: readonly Finding[];
  readonly isRead: boolean;
  readonly onGo: (spot: Spot) => void;
}): ReactElement {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const doubts = findings.length - errors;
  return (
    <div className={classes['tight']}>
      <p role="status" className={classes['soft']}>
        {isRead ? countText(errors, doubts) : 'Reading the pact…'}
      </p>
      {findings.length > 0 && (
        <ul className={classes['changes']} aria-label="What is wrong">
          {findings.slice(0, MOST).map(({ severity, message, ...spot }, place) => (
            <li key={place} className={classes['change']}>
              <StatePill tone={severity === 'error' ? 'danger' : 'warn'}>{severity}</StatePill>
              <span>
                <WithCode text={message} />{' '}
                <button type="button" className={classes['spot']} onClick={() => onGo(spot)}>
                  <Visible text={`${spot.file}:${spot.line}:${spot.column}`} />
                </button>
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function countText(errors: number, doubts: number): string {
  const warned = doubts === 0 ? '' : `, ${doubts} ${doubts === 1 ? 'warning' : 'warnings'}`;
  if (errors === 0) return `Ready to arm${warned}.`;
  return `Does not arm: ${errors} ${errors === 1 ? 'error' : 'errors'}${warned}.`;
}
