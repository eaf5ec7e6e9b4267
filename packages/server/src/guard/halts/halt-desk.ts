import type { CompiledPact } from '@plumbline/core';

import type { Recordable } from '../../record/recorder.ts';
import type { LiveAgent } from '../live-agent.ts';
import type { Happened } from './before.ts';
import type { HaltBoard } from './board.ts';
import type { HaltPlace } from './halt-file.ts';
import type { Lease, LeaseTable } from './leases.ts';
import type { WideHalt } from './order.ts';
import type { Taken } from './taken.ts';

/** Everything of halts that is not an agent's own. */
export type HaltDesk = {
  readonly board: HaltBoard;
  readonly leases: LeaseTable;
  readonly place: HaltPlace;
  /** The halts of every agent, by scope and target. */
  readonly wide: Map<string, WideHalt>;
  /** The pacts that the log says are armed, also where they failed their test. */
  readonly armed: ReadonlyMap<string, CompiledPact>;
  /** What the node's chain could not take yet. */
  readonly owed: (Pick<Recordable, 'kind' | 'open'> & { readonly recorded: Taken })[];
  /** Leases of the daemon before, of which nothing is known but when the last one ends. */
  earlier: Lease | null;
  /** Is called once the kernel may have halted something by the pact's own rules. */
  readonly noticed: (live: LiveAgent, happened: Happened) => void;
  /** Tries again to write down what is owed. */
  retry: NodeJS.Timeout | null;
  /** Whether nobody is held any more until something stops. */
  isOver: boolean;
};
