import type { RecordedEvent } from '@plumbline/core';

import type { LiveAgent } from '../live-agent.ts';

/** How an agent stood before an event that may have halted something by the pact's own rules. */
export type Before = { readonly epoch: number; readonly session: string | null };

/** The same, and where the event stands; null: it is not in the log yet. */
export type Happened = Before & { readonly index: number | null };

/** Returns how an agent stands before an event; null for one that halts nothing by itself. */
export function standingBefore({ state }: LiveAgent, event: RecordedEvent): Before | null {
  if (event.kind !== 'decided' && event.kind !== 'finding') return null;
  const session = event.kind === 'decided' ? event.action.session : event.session;
  const isHalted = (state.sessions.get(session)?.haltedBy ?? null) !== null;
  return { epoch: state.epoch, session: isHalted ? null : session };
}
