import type { Guard } from '../../guard/guard.ts';
import type { Models } from '../../store/models.ts';
import type { Services } from '../daemon-services.ts';

/** What a view of all agents is read from. `clock` is ms UTC. */
export type FleetReading = {
  readonly guard: Pick<Guard, 'agents' | 'halts' | 'people'>;
  readonly models: Pick<Models, 'activity' | 'decisions' | 'whereDecided' | 'nextIndex'>;
  readonly services: Pick<
    Services,
    | 'approvals'
    | 'audits'
    | 'bypasses'
    | 'breakGlass'
    | 'drills'
    | 'notices'
    | 'pacts'
    | 'tools'
    | 'undos'
  >;
  readonly clock: () => number;
};

/** Of which agents alone; null: of all, and of what is no agent's. */
export type Seen = readonly string[] | null;

/** Returns whether what is of an agent, or of none, may be seen. */
export function sees(seen: Seen, agent: string | null): boolean {
  return seen === null || (agent !== null && seen.includes(agent));
}
