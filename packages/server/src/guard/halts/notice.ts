import type { Desk } from '../desk.ts';
import type { LiveAgent } from '../live-agent.ts';
import { isProbe } from '../probe.ts';
import type { Happened } from './before.ts';
import { flightsOf, coveredBy, idOf } from './covers.ts';
import { freshNote, latchChildren, payDebts, stopIn } from './latch.ts';

/**
 * Does for what the kernel halted (`halt_on`, a hard block, persistence) what is done for a
 * person's halt: permits are void, enforcement points are told, and it is listed.
 */
export function noticeHalts(desk: Desk, live: LiveAgent, before: Happened): void {
  // What self-tests halt is their own.
  if (isProbe(live.agent)) return;
  const { state } = live;
  const { index } = before;
  const rule = before.session === null ? null : state.sessions.get(before.session)?.haltedBy;
  if (before.session !== null && typeof rule === 'string') {
    live.permits.void(before.session);
    const id = idOf(live.agent, ['session', before.session, rule]);
    notice(desk, live, { id, scope: 'session', target: before.session, reason: rule, index });
  }
  const halt = state.epoch === before.epoch ? undefined : state.halts.get('agent');
  if (halt?.by === 'kernel') {
    const { epoch, reason } = halt;
    const id = idOf(live.agent, ['agent', epoch]);
    notice(desk, live, { id, scope: 'agent', target: '', reason, index });
    const stopped = { agent: live.agent, scope: 'agent', target: '', epoch: state.epoch } as const;
    for (const listener of desk.haltListeners) listener(stopped);
  }
}

/** What the kernel halted. */
export type Noticed = {
  /** The same that a start gives it. */
  readonly id: string;
  readonly scope: 'agent' | 'session';
  readonly target: string;
  readonly reason: string;
  readonly index: number | null;
};

function notice(desk: Desk, live: LiveAgent, { index, ...noticed }: Noticed): void {
  const of = { agent: live.agent, by: 'kernel', incident: null } as const;
  const note = freshNote(desk, { ...noticed, ...of });
  note.index = index;
  const flights = flightsOf(live, coveredBy(live.state, noticed));
  // A session that halts itself raises no epoch: permits of other sessions stand.
  stopIn(desk, live, { note, what: noticed, flights, voidsAll: noticed.scope === 'agent' });
  const [own] = note.parts;
  if (own !== undefined) latchChildren(desk, note, own);
  desk.halts.board.add(note);
  if (note.parts.length > 1) payDebts(desk);
}
