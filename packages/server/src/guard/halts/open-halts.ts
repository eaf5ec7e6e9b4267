import type { CompiledPact } from '@plumbline/core';

import type { Desk, GuardParts } from '../desk.ts';
import { type BoardParts, HaltBoard, type HaltNote, viewOf } from './board.ts';
import type { HaltDesk } from './halt-desk.ts';
import { type Lease, LeaseTable } from './leases.ts';
import { noHaltPlace } from './no-halt-place.ts';
import type { HaltView } from './view.ts';

/** Returns the part of the desk that halts stand on, with nothing halted. */
export function haltDeskOf(
  { clocks, bounds, haltPlace }: GuardParts,
  armed: ReadonlyMap<string, CompiledPact>,
  { settled, noticed }: Pick<BoardParts, 'settled'> & Pick<HaltDesk, 'noticed'>,
): HaltDesk {
  const leases = new LeaseTable(clocks, bounds.leaseMs);
  return {
    board: new HaltBoard({ clocks, leases, settled }),
    leases,
    place: haltPlace ?? noHaltPlace(),
    wide: new Map(),
    armed,
    noticed,
    owed: [],
    earlier: null,
    retry: null,
    isOver: false,
  };
}

/**
 * Returns what stands for the leases that an earlier daemon gave: their holders may redeem for as
 * long as one lasts, and nothing more is known of them.
 */
export function earlierLease({ clocks, bounds }: GuardParts): Lease {
  const named = { lease: 'earlier', agent: '', name: 'leases from before the start', by: 'kernel' };
  const none = { executors: [], session: null, acknowledged: 0 };
  return { ...named, ...none, untilMs: clocks.monotonicMs() + bounds.leaseMs };
}

const MOST_WAIT_MS = 30_000;

/** Returns a halt as it is shown, with what its executors have come to. */
export function shownHalt({ parts, halts }: Desk, note: HaltNote): HaltView {
  const executors = parts.executing?.of(note.id) ?? [];
  return { ...viewOf(note), executors, revision: halts.board.changes.of(note.id) };
}

/**
 * Returns a halt once it is effective, or where a revision is named that is known already, once it
 * has another; or after so long.
 */
export async function findHalt(
  desk: Desk,
  id: string,
  wait: { readonly ms: number; readonly after: number | null },
): Promise<HaltView | undefined> {
  const { board } = desk.halts;
  const note = board.find(id);
  if (note === undefined) return undefined;
  const most = Math.min(wait.ms, MOST_WAIT_MS);
  if (wait.after === null) await board.until(note, most);
  else await board.changes.until(id, wait.after, most);
  board.settle();
  return shownHalt(desk, note);
}

/** Lets everybody go who waits for a halt or a stop. */
export function closeHalts({ agents, halts }: Desk): void {
  halts.isOver = true;
  halts.board.close();
  if (halts.retry !== null) clearTimeout(halts.retry);
  for (const live of agents.values()) live.stops.release();
}
