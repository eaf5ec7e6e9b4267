import type { Halt } from '@plumbline/core';

import type { Desk } from '../desk.ts';
import type { LiveAgent } from '../live-agent.ts';
import { idOf } from './covers.ts';
import { freshNote, latchIn, payDebts } from './latch.ts';

/**
 * Halts a session that was opened by delegation from what is halted. It has the id of that halt,
 * so that it is lifted along with it.
 */
export function haltIfParentIs(desk: Desk, live: LiveAgent, session: string): void {
  const halt = haltAbove(desk, live, session);
  if (halt === null) return;
  const note = freshNote(desk, { ...halt, agent: live.agent, scope: 'session', target: session });
  latchIn(desk, live, { note });
  payDebts(desk);
}

/** Returns the halt that stops what a session was delegated from, or null. */
export function haltAbove(desk: Desk, { state }: LiveAgent, session: string): Above | null {
  for (const link of state.sessions.get(session)?.delegation ?? []) {
    const parent = desk.agents.get(link.agent);
    const halt = parent === undefined ? null : haltOf(parent, link.session);
    if (halt !== null)
      return { ...halt, stops: `session \`${link.session}\` of \`${link.agent}\`` };
  }
  return null;
}

type Found = Pick<Halt, 'reason' | 'by'> & { readonly id: string; readonly incident: null };
/** `stops`: the session that handed down, in words. */
type Above = Found & { readonly stops: string };

/** Returns the halt that stops a session of an agent as a whole, or null. */
function haltOf({ agent, state }: LiveAgent, session: string): Found | null {
  const open = state.sessions.get(session);
  const keys = [
    'fleet',
    'agent',
    `session:${session}`,
    ...(open?.room == null ? [] : [`room:${open.room}`]),
    ...(open?.task == null ? [] : [`task:${open.task}`]),
  ];
  for (const key of keys) {
    const halt = state.halts.get(key);
    if (halt === undefined) continue;
    const { reason, by, id = idOf(agent, [key, halt.epoch]) } = halt;
    return { id, reason, by, incident: null };
  }
  const rule = open?.haltedBy ?? null;
  if (rule === null) return null;
  const id = idOf(agent, ['session', session, rule]);
  return { id, reason: rule, by: 'kernel', incident: null };
}
