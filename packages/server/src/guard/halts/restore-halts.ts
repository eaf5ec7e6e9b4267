import type { Desk } from '../desk.ts';
import type { LiveAgent } from '../live-agent.ts';
import { isProbe } from '../probe.ts';
import type { HaltNote, Part } from './board.ts';
import { coveredBy, flightsOf, idOf } from './covers.ts';
import { haltAbove } from './halt-child.ts';
import { agentsOf, freshNote, latchIn, latchUnwritten, stopIn } from './latch.ts';
import { type WideHalt, wideKey } from './order.ts';

/** Latches in an agent what halts every agent; it is owed to the log. */
export function latchWideIn(desk: Desk, live: LiveAgent): void {
  for (const halt of desk.halts.wide.values()) {
    const isLatched = [...live.state.halts.values()].some((known) => {
      return known.scope === halt.scope && known.target === halt.target;
    });
    if (isLatched) continue;
    const note = desk.halts.board.find(halt.id) ?? wideNote(desk, halt);
    latchIn(desk, live, { note });
    desk.halts.board.settle();
  }
}

function wideNote(desk: Desk, halt: WideHalt): HaltNote {
  const note = freshNote(desk, { ...halt, agent: null });
  desk.halts.board.add(note);
  return note;
}

/**
 * Puts halts back in force after a start: those of the ledger are listed again, those of every
 * agent hold for all of them, and those that only the halt file knew are latched and owed.
 * Nothing is written here.
 */
export function restoreHalts(desk: Desk): void {
  const { place, wide } = desk.halts;
  for (const halt of desk.parts.wide ?? []) wide.set(wideKey(halt), halt);
  const notes = new Map<string, HaltNote>();
  const latched = agentsOf(desk).flatMap((live) => latchedOf(desk, live));
  // What was handed down is halted under the id of what handed it down, which is listed first.
  for (const each of latched.sort((one, other) => one.depth - other.depth)) list(desk, notes, each);
  for (const note of notes.values()) desk.halts.board.add(note);
  for (const live of agentsOf(desk)) latchWideIn(desk, live);
  for (const halt of wide.values()) {
    if (desk.halts.board.find(halt.id) === undefined) wideNote(desk, halt);
  }
  for (const saved of place.found) {
    // A drill that was interrupted stopped nothing.
    const isOver = saved.agent !== null && isProbe(saved.agent);
    if (isOver || isKnown(desk, saved.id)) void place.clear(saved.id).catch(() => undefined);
    else if (saved.agent !== null && !desk.agents.has(saved.agent)) {
      const reason = `\`${saved.agent}\` was halted and is not there: ${saved.reason}`;
      latchUnwritten(desk, { ...saved, agent: null, scope: 'fleet', target: '', reason });
    } else latchUnwritten(desk, saved);
  }
  for (const live of agentsOf(desk)) latchHandedDown(desk, live);
}

// A crash may have parted the halt of what handed a session down from that of the session.
function latchHandedDown(desk: Desk, live: LiveAgent): void {
  const { halts, sessions } = live.state;
  for (const { id: target, haltedBy } of sessions.values()) {
    const isHalted = haltedBy !== null || halts.has(`session:${target}`);
    const above = isHalted ? null : haltAbove(desk, live, target);
    if (above === null) continue;
    const what = { scope: 'session', target, incident: null } as const;
    const note = desk.halts.board.find(above.id);
    if (note !== undefined) latchIn(desk, live, { note, what });
    else latchIn(desk, live, { note: freshNote(desk, { ...above, ...what, agent: live.agent }) });
  }
}

// What is not cleared, because it was resumed meanwhile or not written down, is latched again.
function isKnown(desk: Desk, id: string): boolean {
  if ([...desk.halts.wide.values()].some((halt) => halt.id === id)) return true;
  return agentsOf(desk).some(({ state }) =>
    [...state.halts.values()].some((halt) => halt.id === id),
  );
}

type Listed = Pick<HaltNote, 'agent' | 'scope' | 'target' | 'reason' | 'by' | 'incident' | 'id'>;
type Latched = {
  readonly live: LiveAgent;
  readonly of: Listed;
  /** Over how many others a session was handed down; 0 for what is no session. */
  readonly depth: number;
};

function latchedOf(desk: Desk, live: LiveAgent): readonly Latched[] {
  const { agent, state } = live;
  const depthOf = (session: string): number => state.sessions.get(session)?.delegation.length ?? 0;
  const ordered = [...state.halts].map(([key, halt]): Latched => {
    const {
      scope,
      target,
      reason,
      by,
      incident = null,
      id = idOf(agent, [key, halt.epoch]),
    } = halt;
    // A crash may have parted a resume of the fleet from that of its agents.
    const isWide =
      scope === 'fleet' || [...desk.halts.wide.values()].some((wide) => wide.id === id);
    const of = { agent: isWide ? null : agent, scope, target, reason, by, incident, id };
    return { live, of, depth: scope === 'session' ? depthOf(target) : 0 };
  });
  const own = [...state.sessions.values()].flatMap(({ id: session, haltedBy }): Latched[] => {
    if (haltedBy === null) return [];
    const id = idOf(agent, ['session', session, haltedBy]);
    const what = { agent, scope: 'session', target: session } as const;
    const of = { ...what, reason: haltedBy, by: 'kernel', incident: null, id };
    return [{ live, of, depth: depthOf(session) }];
  });
  return [...ordered, ...own];
}

function list(desk: Desk, notes: Map<string, HaltNote>, { live, of }: Latched): void {
  const note = notes.get(of.id) ?? freshNote(desk, of);
  notes.set(of.id, note);
  const flights: Part['flights'] = flightsOf(live, coveredBy(live.state, of));
  stopIn(desk, live, { note, what: of, flights });
  const part = note.parts.at(-1);
  // What was written down as effective stays so.
  if (live.effective.has(of.id) && part !== undefined) {
    part.waiting.clear();
    part.effectiveMs = note.latchedMs;
  }
}
