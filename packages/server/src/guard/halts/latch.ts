import { type Halt, objectiveOf } from '@plumbline/core';

import { LedgerStopped } from '../../ledger/sequencer.ts';
import type { Desk } from '../desk.ts';
import type { LiveAgent } from '../live-agent.ts';
import { isProbe } from '../probe.ts';
import { applyEvent, momentOf, payOwed } from '../turn.ts';
import type { HaltNote, Part } from './board.ts';
import { coveredBy, flightsOf } from './covers.ts';
import { childrenOf } from './children.ts';
import { type SavedHalt, wideKey } from './order.ts';
import type { Taken } from './taken.ts';

/** Returns every agent but those of self-tests. */
export function agentsOf(desk: Desk): readonly LiveAgent[] {
  return [...desk.agents.values()].filter(({ agent }) => !isProbe(agent));
}

/**
 * Latches a halt, in one turn: nothing it covers is decided or redeemed any more when this
 * returns, and enforcement points are told. What the log does not take at once is owed to it.
 */
export function latchHalt(desk: Desk, saved: SavedHalt): HaltNote {
  const note = latchUnwritten(desk, saved);
  payDebts(desk);
  return note;
}

/** Latches a halt and writes nothing down: all of it is owed to the log. */
export function latchUnwritten(desk: Desk, saved: SavedHalt): HaltNote {
  const { agent, scope, target, reason, by, incident, id } = saved;
  const lives = agent === null ? agentsOf(desk) : [desk.agents.get(agent)];
  const note = freshNote(desk, { agent, scope, target, reason, by, incident, id });
  if (agent === null) latchWide(desk, note);
  for (const live of lives) {
    if (live !== undefined) latchIn(desk, live, { note });
  }
  // A delegation names the whole chain, so that children of children are found at once.
  const own = note.parts.slice();
  for (const part of own) latchChildren(desk, note, part);
  // Only now, so that the last agent of a fleet stops before anything is written for the first.
  desk.halts.board.add(note);
  return note;
}

/** Returns a halt that has stopped nothing yet. */
export function freshNote(
  { parts: { clocks } }: Desk,
  of: Pick<HaltNote, 'agent' | 'scope' | 'target' | 'reason' | 'by' | 'incident' | 'id'>,
): HaltNote {
  return {
    ...of,
    latchedAt: clocks.now(),
    latchedMs: clocks.monotonicMs(),
    parts: [],
    effectiveAt: null,
    effectiveMs: null,
    index: null,
    unwritten: 0,
    durable: null,
    resumedAt: null,
  };
}

// Once the ledger holds all of a halt, its place in the halt file is for another.
function takenOf({ halts: { place, board } }: Desk, note: HaltNote): Taken {
  note.unwritten += 1;
  return ({ index, durable }) => {
    note.index ??= index;
    note.durable = durable;
    note.unwritten -= 1;
    board.changes.note(note.id);
    if (note.unwritten > 0) return;
    // What is not cleared is latched once more by the next start, which stops nothing twice.
    durable.then(() => place.clear(note.id)).catch(() => undefined);
  };
}

function latchWide(desk: Desk, note: HaltNote): void {
  const { halts } = desk;
  const { id, scope, target, reason, by, incident } = note;
  halts.wide.set(wideKey(note), { id, scope, target, reason, by, incident });
  halts.owed.push({
    kind: 'fleet_halted',
    open: { id, scope, target, reason, by, incident },
    recorded: takenOf(desk, note),
  });
}

type What = Pick<HaltNote, 'scope' | 'target'>;
type Latched = What & Pick<HaltNote, 'incident'>;

/** Latches a halt in one agent; `what` is what stops there, when that is not what was ordered. */
export function latchIn(
  desk: Desk,
  live: LiveAgent,
  { note, what = note }: { readonly note: HaltNote; readonly what?: Latched },
): void {
  const { id, reason, by } = note;
  const { scope, target, incident } = what;
  const covered = coveredBy(live.state, what);
  const epoch = live.state.epoch + 1;
  const bare: Halt = { scope, target, epoch, reason, by, id };
  const halt = incident === null ? bare : { ...bare, incident, ...objectiveIn(desk, live) };
  const event = { kind: 'halt', at: momentOf(desk, live), halt } as const;
  const flights = flightsOf(live, covered);
  applyEvent(desk, live, event);
  live.owed.push({ event, recorded: takenOf(desk, note) });
  stopIn(desk, live, { note, what, flights });
}

// What a resume is held against later is what the agent pursued when it was stopped, also where
// its pact was not put in force again yet.
function objectiveIn({ halts }: Desk, live: LiveAgent): Pick<Halt, 'objective'> {
  const pact = live.pact ?? halts.armed.get(live.agent);
  return pact === undefined ? {} : { objective: objectiveOf(pact) };
}

/** Tells whoever acts for an agent what has stopped, and waits for them. */
export function stopIn(
  { halts: { leases, earlier }, parts: { executing } }: Desk,
  live: LiveAgent,
  {
    note,
    what,
    flights,
    voidsAll = true,
  }: {
    readonly note: HaltNote;
    readonly what: What;
    readonly flights: Part['flights'];
    readonly voidsAll?: boolean;
  },
): void {
  const covered = coveredBy(live.state, what);
  const { epoch } = live.state;
  const told = { epoch, halt: note.id, cancels: true, voidsAll, ...covered };
  const stop = live.stops.push(told);
  const holders = leases.of(live.agent);
  // Whoever holds leases in a drill ended with the daemon before.
  const isEarlier = earlier !== null && !leases.isOver(earlier) && !isProbe(live.agent);
  const all = isEarlier ? [...holders, earlier] : holders;
  note.parts.push({
    agent: live.agent,
    epoch,
    stop,
    waiting: new Map(all.map((lease) => [lease.lease, lease])),
    acknowledged: [],
    ranOut: [],
    flights,
    effectiveMs: null,
  });
  const { agent } = live;
  const { scope, target } = what;
  const part = { halt: note.id, agent, scope, target, epoch, stop, ...covered };
  executing?.begin({ ...part, holders });
}

/**
 * Stops the sessions that were delegated from what a part stops, whoever's they are. One that is
 * halted already stays so, and goes on only when that halt is lifted.
 */
export function latchChildren(desk: Desk, note: HaltNote, part: Part): void {
  const live = desk.agents.get(part.agent);
  if (live === undefined || note.scope === 'fleet') return;
  const covered = coveredBy(live.state, note);
  if (covered.tool !== null) return;
  for (const { child, session } of childrenOf(desk, live, covered)) {
    const { halts, sessions } = child.state;
    const isHalted = (sessions.get(session)?.haltedBy ?? null) !== null;
    if (isHalted || halts.has(`session:${session}`)) continue;
    // What its parent pursued is no incident of the child's own objective.
    latchIn(desk, child, { note, what: { scope: 'session', target: session, incident: null } });
  }
}

const RETRY_MS = 50;

/**
 * Writes down what is in force and not in the log, as far as the log takes it; what it does not
 * take for the moment is tried again.
 */
export function payDebts(desk: Desk): void {
  try {
    payNode(desk);
    for (const live of desk.agents.values()) payOwed(desk, live);
  } catch (error) {
    if (!(error instanceof LedgerStopped)) throw error;
    if (error.reason !== 'backlog') {
      desk.stopped = error.message;
      return;
    }
    desk.halts.retry ??= setTimeout(() => {
      desk.halts.retry = null;
      payDebts(desk);
    }, RETRY_MS).unref();
  }
}

function payNode({ halts: { owed }, parts: { recorder, clocks } }: Desk): void {
  const node = { agent: null, session: null, secret: null, subject: null };
  for (let next = owed[0]; next !== undefined; next = owed[0]) {
    const { kind, open, recorded } = next;
    const appended = recorder.record({ ...node, at: recorder.now(clocks.now()), kind, open });
    owed.shift();
    recorded(appended);
  }
}
