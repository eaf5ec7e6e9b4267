import type { Diagnostic } from '@plumbline/core';
import type { ReactElement } from 'react';

import { Visible } from '../../ui/code-view.tsx';
import { StatePill } from '../../ui/marks.tsx';
import classes from './agent.module.css';

const MOST = 100;

/** Everything wrong or doubtful about what is written, as `plumb pact check` says it. */
export function DiagnosticList({
  diagnostics,
  isRead,
}: {
  readonly diagnostics: readonly Diagnostic[];
  readonly isRead: boolean;
}): ReactElement {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const doubts = diagnostics.length - errors;
  return (
    <div className={classes['tight']}>
      <p role="status" className={classes['soft']}>
        {isRead ? countText(errors, doubts) : 'Reading the pact…'}
      </p>
      {diagnostics.length > 0 && (
        <ul className={classes['changes']} tabIndex={0} aria-label="What is wrong">
          {diagnostics.slice(0, MOST).map(({ severity, line, column, file, message }, place) => (
            <li key={place} className={classes['change']}>
              <StatePill tone={severity === 'error' ? 'danger' : 'warn'}>{severity}</StatePill>
              <span>
                <Visible text={message} />{' '}
                <code className={classes['soft']}>
                  <Visible text={`${file}:${line}:${column}`} />
                </code>
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
