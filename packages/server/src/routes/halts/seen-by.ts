import type { HaltView } from '../../guard/halts/view.ts';
import type { Caller } from '../caller.ts';
import { isFor } from '../rights.ts';

/** Returns a halt as a caller may see it: who held and did what of other agents is left out. */
export function seenBy(caller: Caller, view: HaltView): HaltView {
  const own = <T extends { readonly agent: string }>(all: readonly T[]): readonly T[] => {
    // What stands for leases of an earlier daemon names no agent.
    return all.filter(({ agent }) => agent === '' || isFor(caller, agent));
  };
  return {
    ...view,
    waitingFor: own(view.waitingFor),
    acknowledged: own(view.acknowledged),
    ranOut: own(view.ranOut),
    inFlight: own(view.inFlight),
    executors: own(view.executors),
  };
}
