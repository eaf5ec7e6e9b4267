import type { ReactElement } from 'react';

import type { FleetAgent } from '../../data/fleet.ts';
import { stateOf, STATES } from '../../ui/agent-state.ts';
import classes from './fleet-page.module.css';

/** How many agents stand how; a press shows those alone, another all of them again. */
export function StateTiles({
  agents,
  chosen,
  onChoose,
}: {
  readonly agents: readonly FleetAgent[];
  readonly chosen: string;
  readonly onChoose: (state: string) => void;
}): ReactElement {
  return (
    <div className={classes['tiles']} role="group" aria-label="Agents by state">
      {STATES.map((state) => {
        const count = agents.filter((agent) => stateOf(agent) === state).length;
        return (
          <button
            key={state}
            type="button"
            className={classes['tile']}
            aria-pressed={chosen === state}
            data-none={count === 0 ? '' : undefined}
            onClick={() => onChoose(chosen === state ? '' : state)}
          >
            <span className={classes['number']}>{count}</span> {state}
          </button>
        );
      })}
    </div>
  );
}
