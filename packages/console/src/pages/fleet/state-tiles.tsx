import type { ReactElement } from 'react';

import type { FleetAgent } from '../../data/fleet.ts';
import { stateOf, STATES } from '../../ui/agent-state.ts';
import { Tiles } from '../../ui/tiles.tsx';

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
  const tiles = STATES.map((state) => ({
    id: state,
    count: agents.filter((agent) => stateOf(agent) === state).length,
    word: state,
  }));
  return <Tiles label="Agents by state" tiles={tiles} chosen={chosen} onChoose={onChoose} />;
}
