import type { Halt } from '../../data/halts.ts';
import type { Trace } from '../../data/traces.ts';

/** A halt that reached sessions of a room, or its end: it stands across all lanes. */
export type LaneStop = {
  readonly kind: 'halt' | 'resume';
  readonly key: string;
  readonly at: number;
  readonly index: number | null;
  readonly halt: Halt;
};

/** Returns the halts that reached a room's sessions since the first of them was opened. */
export function stopsOf(
  halts: readonly Halt[],
  room: string,
  traces: readonly Trace[],
): readonly LaneStop[] {
  const sinceAt = Math.min(...traces.map(({ session }) => session.openedAt));
  const agents = new Set(traces.map(({ session }) => session.agent));
  return halts
    .filter((halt) => isReaching(halt, room, agents))
    .flatMap((halt): readonly LaneStop[] => {
      const { halt: id, latchedAt, resumedAt, index } = halt;
      const stop = { kind: 'halt', key: `halt ${id}`, at: latchedAt, index, halt } as const;
      const end = { kind: 'resume', key: `resume ${id}`, index: null, halt } as const;
      return resumedAt === null ? [stop] : [stop, { ...end, at: resumedAt }];
    })
    .filter(({ at }) => at >= sinceAt);
}

function isReaching(
  { scope, agent, target }: Halt,
  room: string,
  agents: ReadonlySet<string>,
): boolean {
  if (agent !== null && !agents.has(agent)) return false;
  return scope === 'fleet' || scope === 'agent' || (scope === 'room' && target === room);
}
