import type { ReactElement } from 'react';
import { Link, useLocation } from 'wouter';

import { useApprovals } from '../../data/approvals.ts';
import { buttonClass } from '../../ui/button.tsx';
import { useLetterKeys } from '../../ui/use-letter-keys.ts';
import classes from './approvals.module.css';

/** The way to the actions that wait before and after this one, by what runs out first. */
export function Neighbours({
  id,
  isDecided,
}: {
  readonly id: string;
  readonly isDecided: boolean;
}): ReactElement {
  const [, navigate] = useLocation();
  const rows = useApprovals().data ?? [];
  const waiting = rows
    .flatMap((row) => (row.kind === 'action' && row.state === 'pending' ? [row] : []))
    .sort((one, other) => one.expiresAtMs - other.expiresAtMs)
    .map((row) => row.id);
  const place = waiting.indexOf(id);
  const before = place > 0 ? waiting[place - 1] : undefined;
  const after = place === -1 ? waiting[0] : waiting[place + 1];
  const go = (to: string | undefined) => (): void => {
    if (to !== undefined) navigate(`/approvals/${to}`);
  };
  useLetterKeys({ j: go(after), k: go(before) });
  return (
    <>
      <Link className={buttonClass({})} href="/approvals">
        All
      </Link>
      {before !== undefined && (
        <Link className={buttonClass({})} href={`/approvals/${before}`}>
          Before <kbd className={classes['key']}>k</kbd>
        </Link>
      )}
      {after !== undefined && (
        <Link
          className={buttonClass({ look: isDecided ? 'primary' : 'plain' })}
          href={`/approvals/${after}`}
        >
          Next that waits <kbd className={classes['key']}>j</kbd>
        </Link>
      )}
    </>
  );
}
