import type { Sequencer } from '../ledger/sequencer.ts';
import type { Health, RefusedWhat } from './services.ts';

/** What is known of the disk; set by the watch of the daemon. */
export type DiskView = {
  readonly freeBytes: number | null;
  /** Whether so little is left that nothing is accepted. */
  readonly isFull: boolean;
};

/** How the daemon stands, and the counts of refused requests since they were last taken. */
export type HealthBoard = Health & {
  readonly sawDisk: (view: DiskView) => void;
  /** Says that the daemon is stopping: nothing new is taken. */
  readonly stopping: () => void;
  /** Returns what was refused since the last call, and from when on. */
  readonly takeRefused: () => readonly RefusedSum[];
};

/** How often something was refused since a moment. */
export type RefusedSum = {
  readonly what: RefusedWhat;
  readonly count: number;
  readonly since: number;
};

/** What is looked at each time. `guardStopped`: why the guard decides nothing, or null. */
export type HealthNeeds = {
  readonly sequencer: Pick<Sequencer, 'status'>;
  readonly guardStopped: () => string | null;
};

/** Returns a board where nothing was refused yet and the disk was not looked at. */
export function makeHealth(
  { sequencer, guardStopped }: HealthNeeds,
  clock: () => number,
): HealthBoard {
  const refused = new Map<RefusedWhat, RefusedSum>();
  let view: DiskView = { freeBytes: null, isFull: false };
  let isStopping = false;
  const down = (): readonly string[] => {
    const { stopped } = sequencer.status();
    const guard = stopped === null && !isStopping ? guardStopped() : null;
    return [
      ...(stopped === null ? [] : [`ledger: ${stopped}`]),
      ...(guard === null ? [] : [`guard: ${guard}`]),
      ...(view.isFull ? [`disk: ${view.freeBytes ?? 0} bytes are left; free some space`] : []),
      ...(isStopping ? ['daemon: it is stopping'] : []),
    ];
  };
  return {
    readiness: () => {
      const parts = down();
      return { isReady: parts.length === 0, down: parts };
    },
    freeBytes: () => view.freeBytes,
    noteRefused: (what) => {
      const sum = refused.get(what) ?? { what, count: 0, since: clock() };
      refused.set(what, { ...sum, count: sum.count + 1 });
    },
    sawDisk: (seen) => (view = seen),
    stopping: () => (isStopping = true),
    takeRefused: () => {
      const sums = [...refused.values()];
      refused.clear();
      return sums;
    },
  };
}
