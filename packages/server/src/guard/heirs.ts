import type { Entry, Json } from '@plumbline/core';

import { holdHeir } from './heir-table.ts';
import type { LiveAgent } from './live-agent.ts';

/** Takes up what an entry says; another kind says nothing. */
export function foldHeir({ heirs, sessions }: LiveAgent, entry: Entry): void {
  const { kind, session, open } = entry;
  if (kind !== 'delegated' || session === null || !sessions.has(session)) return;
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
  holdHeir(heirs, {
    from: session,
    decision: text(open['decision']),
    agent: text(open['toAgent']),
    session: text(open['toSession']),
  });
}

/** Returns whether a session that is open is stopped by a halt of its own or of its agent. */
export function isStopped({ state }: LiveAgent, session: string): boolean {
  if ((state.sessions.get(session)?.haltedBy ?? null) !== null) return true;
  return [...state.halts.values()].some(({ scope, target }) => {
    return scope === 'fleet' || scope === 'agent' || (scope === 'session' && target === session);
  });
}
