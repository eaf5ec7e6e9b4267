import type { ReactNode } from 'react';
import { Link } from 'wouter';

import type { Overview } from '../../data/fleet.ts';
import { haltPlace } from '../../data/places.ts';
import { Visible } from '../../ui/code-view.tsx';
import { ResumeButton } from '../../ui/halt/halt-button.tsx';
import { targetText } from '../../ui/halt/halt-words.ts';
import classes from './fleet-page.module.css';

/** What is halted for every agent: the fleet, or a room of all of them. */
export function WideHalts({ halts }: Pick<Overview, 'halts'>): ReactNode {
  return halts.map(({ halt, scope, target, reason }) => {
    const meant = { agent: null, scope: scope === 'room' ? 'room' : 'fleet', target } as const;
    return (
      <div key={halt} className={classes['wide']} role="status">
        <span>
          <Link href={haltPlace(halt)}>Halted: {targetText(meant)}</Link>. <Visible text={reason} />
        </span>
        <ResumeButton target={meant} isSmall />
      </div>
    );
  });
}

/** Says that something acts beside the enforcement points and no agent was found behind it. */
export function StrayWays({ count }: { readonly count: number }): ReactNode {
  if (count === 0) return null;
  return (
    <div className={classes['wide']} role="status">
      <span>
        {count === 1 ? 'One way' : `${count} ways`} around the enforcement points{' '}
        {count === 1 ? 'belongs' : 'belong'} to no known agent. See{' '}
        <code>plumb inventory bypass</code>.
      </span>
    </div>
  );
}
