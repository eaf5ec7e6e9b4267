import type { Config } from './config/config.ts';
import type { Past } from './daemon/past.ts';
import { type DrillsNeeds, type OpenedDrills, openDrills } from './drills/open-drills.ts';
import type { Health } from './services/services.ts';

/** What drills stand on beside the configuration. */
export type DrillParts = Omit<DrillsNeeds, 'book' | 'config' | 'notify' | 'down'> & {
  readonly past: Pick<Past, 'drills'>;
  readonly health: Pick<Health, 'readiness'>;
};

/** Returns what practises halts, as the log and the configuration say. */
export function drillingOf(
  { drills, notify }: Config,
  { past, health, ...parts }: DrillParts,
): OpenedDrills {
  const down = (): readonly string[] => health.readiness().down;
  return openDrills({ ...parts, book: past.drills, config: drills, notify, down });
}
