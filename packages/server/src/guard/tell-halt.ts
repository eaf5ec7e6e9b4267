import type { RecordedEvent, State } from '@plumbline/core';

import type { Desk } from './desk.ts';
import type { Stopped } from './guard.ts';
import type { LiveAgent } from './live-agent.ts';

/** Returns the session an event could halt by itself, and null when it is halted already. */
export function haltable(state: State, event: RecordedEvent): string | null {
  const id = sessionOf(event);
  if (id === null || state.sessions.get(id)?.haltedBy !== null) return null;
  return id;
}

/**
 * Tells whoever listens what an event stopped: what a halt names, and the session that the kernel
 * halted itself. `haltable` is what stood before the event was applied.
 */
export function tellHalt(
  desk: Desk,
  live: LiveAgent,
  { event, session }: { readonly event: RecordedEvent; readonly session: string | null },
): void {
  if (desk.haltListeners.size === 0) return;
  const stopped = stoppedBy(live.state, event, session);
  if (stopped === null) return;
  for (const listener of desk.haltListeners) listener({ agent: live.agent, ...stopped });
}

function stoppedBy(
  state: State,
  event: RecordedEvent,
  session: string | null,
): Omit<Stopped, 'agent'> | null {
  if (event.kind === 'halt') {
    const { scope, target } = event.halt;
    return { scope, target, epoch: state.epoch };
  }
  if (session === null || (state.sessions.get(session)?.haltedBy ?? null) === null) return null;
  return { scope: 'session', target: session, epoch: state.epoch };
}

function sessionOf(event: RecordedEvent): string | null {
  switch (event.kind) {
    case 'decided':
      return event.action.session;
    case 'finding':
    case 'outcome':
    case 'message':
      return event.session;
    default:
      return null;
  }
}
