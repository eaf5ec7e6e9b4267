import type { State } from '@plumbline/core';

import { armed, open, takeTurn } from './drive.ts';
import { heapBytes } from './measure.ts';
import type { Pacts } from './turn.bench.ts';
import type { Session } from './recording.ts';

/** Heap per open session, in bytes. */
export type MemoryRow = { readonly sessions: number; readonly bytesPerSession: number };

/**
 * Measures what open sessions hold on the heap after all their recorded turns. Each has its own
 * copy of what it saw, as it would from a network.
 */
export function benchMemory(recorded: readonly Session[], pacts: Pacts, count: number): MemoryRow {
  const before = heapBytes();
  const states = new Map<string, State>();
  for (let index = 0; index < count; index += 1) {
    const session = recorded[Math.floor((index * recorded.length) / count)];
    const pact = session === undefined ? undefined : pacts.get(session.agent);
    if (session === undefined || pact === undefined) continue;
    const own = copyOf(session, `open-${index}`);
    let state = open(pact, states.get(own.agent) ?? armed(pact), own);
    for (const turn of own.turns) state = takeTurn(pact, state, turn);
    states.set(own.agent, state);
  }
  const bytes = heapBytes() - before;
  const openCount = [...states.values()].reduce((sum, { sessions }) => sum + sessions.size, 0);
  return { sessions: openCount, bytesPerSession: bytes / Math.max(openCount, 1) };
}

function copyOf(session: Session, id: string): Session {
  const turns = session.turns.map(({ messages, action, result, isError }, index) => ({
    messages: structuredClone(messages),
    action: { ...structuredClone(action), id: `${id}/${index}`, session: id },
    result: structuredClone(result),
    isError,
  }));
  return { ...session, id, turns };
}
