import type { HaltView } from '../../guard/halts/view.ts';
import type { Keys } from '../../services/services.ts';
import type { Caller } from '../caller.ts';
import { isFor } from '../rights.ts';

/** A halt, and what the key is called with which it was asked for, where a person may know that. */
export type ShownHalt = HaltView & { readonly byName: string | null };

/** Returns a halt as a caller may see it: who held and did what of other agents is left out. */
export function seenBy(caller: Caller, view: HaltView, keys: Pick<Keys, 'find'>): ShownHalt {
  const own = <T extends { readonly agent: string }>(all: readonly T[]): readonly T[] => {
    // What stands for leases of an earlier daemon names no agent.
    return all.filter(({ agent }) => agent === '' || isFor(caller, agent));
  };
  return {
    ...view,
    // Machines have no use for names of people.
    byName: caller.person === null ? null : (keys.find(view.by)?.name ?? null),
    waitingFor: own(view.waitingFor),
    acknowledged: own(view.acknowledged),
    ranOut: own(view.ranOut),
    inFlight: own(view.inFlight),
    executors: own(view.executors),
  };
}
