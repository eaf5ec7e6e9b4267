import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';

import { ApiProblem, messageOf, nextStep } from '../data/problem.ts';
import { Button } from './button.tsx';
import { joinClasses } from './join-classes.ts';
import classes from './states.module.css';
import { WithCode } from './with-code.tsx';

/** Nothing is here yet: what would be, and the command that brings the first. */
export function EmptyState({
  title,
  children,
  command,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly command?: string;
}): ReactElement {
  return (
    <div className={classes['state']}>
      <h2>{title}</h2>
      {children !== undefined && <p className={classes['soft']}>{children}</p>}
      {command !== undefined && (
        <code className={classes['command']} tabIndex={0}>
          {command}
        </code>
      )}
    </div>
  );
}

/** What a page shows while its first answer is on its way. */
export function LoadState({ what }: { readonly what: string }): ReactElement {
  return (
    <div className={classes['state']} role="status">
      <span className={classes['unseen']}>loading {what}</span>
      <div className={classes['bars']} aria-hidden="true">
        {[1, 2, 3, 4, 5, 6].map((bar) => (
          <div key={bar} className={classes['bar']} />
        ))}
      </div>
    </div>
  );
}

/** What went wrong: where, why, and what to do next. */
export function ErrorState({
  error,
  what,
  onRetry,
}: {
  readonly error: unknown;
  readonly what: string;
  readonly onRetry?: (() => void) | undefined;
}): ReactElement {
  const problem = error instanceof ApiProblem ? error : null;
  return (
    <div className={joinClasses(classes['state'], classes['error'])} role="alert">
      <h2>Could not show {what}</h2>
      <p>
        <WithCode text={messageOf(error)} />
      </p>
      <p className={classes['soft']}>
        {problem === null ? 'In the console. ' : `${problem.place}: ${problem.code}. `}
        Next: {nextStep(error)}.
      </p>
      {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

/** Shows an answer once it is there, and meanwhile that it loads or why it failed. */
export function Answered<Value>({
  answer,
  what,
  children,
}: {
  readonly answer: UseQueryResult<Value>;
  readonly what: string;
  readonly children: (value: Value) => ReactNode;
}): ReactNode {
  // An answer of before stays while a later question fails; the banner says what is away.
  if (answer.data !== undefined) return children(answer.data);
  if (answer.isError) {
    return <ErrorState error={answer.error} what={what} onRetry={() => void answer.refetch()} />;
  }
  return <LoadState what={what} />;
}

/** Text for those who hear the page instead of seeing it. */
export function Unseen({ children }: { readonly children: ReactNode }): ReactElement {
  return <span className={classes['unseen']}>{children}</span>;
}
