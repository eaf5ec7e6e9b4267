import { objectiveOf, type RecordedEvent, whyNotResume } from '@plumbline/core';

import { LedgerStopped } from '../../ledger/sequencer.ts';
import type { Desk } from '../desk.ts';
import type { Outcome } from '../guard.ts';
import type { LiveAgent } from '../live-agent.ts';
import { done, refuse } from '../refusal.ts';
import { durably, momentOf, recordEvent, type Recorded } from '../turn.ts';
import { faultIn } from './halt.ts';
import { haltAbove } from './halt-child.ts';
import { agentsOf, payDebts } from './latch.ts';
import { type HaltOrder, type ResumeOrder, wideKey } from './order.ts';
import { voidGiven } from './void-given.ts';

/**
 * Lets what was halted go on, once that is durable. Permits from before the halt stay void.
 *
 * What the halt file still holds is cleared first: a halt that was resumed must not come back.
 */
export async function resume(desk: Desk, order: ResumeOrder): Promise<Outcome<Recorded>> {
  if (desk.stopped !== null) return refuse('unavailable', desk.stopped);
  const fault = faultIn(desk, order);
  if (fault !== null) return fault;
  const held = whyHeld(desk, order);
  if (held !== null) return held;
  const ids = latchedIds(desk, order);
  const cleared = await clear(desk, ids);
  if (!cleared.ok) return cleared;
  const resumed = await durably(desk, () => {
    // What was halted while the halt file was cleared is nothing that anybody looked at.
    if ([...latchedIds(desk, order)].some((id) => !ids.has(id))) {
      return refuse('conflict', 'it was halted again meanwhile: look at that, then resume it');
    }
    return whyHeld(desk, order) ?? done(resumeTurn(desk, order, ids));
  });
  if (resumed.ok) tellLifted(desk, ids);
  return resumed;
}

function tellLifted(desk: Desk, ids: ReadonlySet<string>): void {
  const { executing } = desk.parts;
  for (const { id, scope, target, parts } of desk.halts.board.notes()) {
    for (const { agent, epoch } of ids.has(id) ? parts : []) {
      executing?.lifted({ halt: id, agent, scope, target, epoch, sessions: null });
    }
  }
}

function whyHeld(desk: Desk, order: ResumeOrder): Outcome<never> | null {
  const { agent, scope, target } = order;
  const pursued = whyPursued(desk, order);
  if (pursued !== null) return refuse('same-objective', pursued);
  if (agent === null) return null;
  if (desk.halts.wide.has(wideKey(order))) {
    return refuse('conflict', `the ${scope} of every agent is halted: resume that`);
  }
  const live = desk.agents.get(agent);
  const above = live === undefined || scope !== 'session' ? null : haltAbove(desk, live, target);
  if (above === null) return null;
  return refuse('conflict', `${above.stops}, which handed it down, is halted: resume that`);
}

// Of a fleet, every agent must pursue something else.
function whyPursued(desk: Desk, order: ResumeOrder): string | null {
  const lives = order.agent === null ? agentsOf(desk) : [desk.agents.get(order.agent)];
  for (const live of lives) {
    const objective = live?.pact == null ? null : objectiveOf(live.pact);
    const halts = live?.state.halts.values() ?? [];
    const why = whyNotResume(halts, order, { objective });
    if (why !== null) return `\`${live?.agent ?? ''}\` stays halted: ${why}`;
  }
  return null;
}

/** Returns the ids of what an order would lift. */
function latchedIds(desk: Desk, order: ResumeOrder): ReadonlySet<string> {
  const ids = desk.halts.board.notes().filter((note) => {
    const { agent, scope, target, resumedAt } = note;
    const isSame = scope === order.scope && target === order.target;
    return isSame && agent === order.agent && resumedAt === null;
  });
  return new Set(ids.map(({ id }) => id));
}

async function clear(desk: Desk, ids: ReadonlySet<string>): Promise<Outcome<undefined>> {
  payDebts(desk);
  const { board } = desk.halts;
  if (board.notes().some(({ id, unwritten }) => ids.has(id) && unwritten > 0)) {
    return refuse('overloaded', 'the halt is not written down yet: resume once it is');
  }
  try {
    await clearAll(desk, ids);
    return done(undefined);
  } catch (error) {
    if (error instanceof LedgerStopped) return refuse('unavailable', error.message);
    const why = error instanceof Error ? error.message : String(error);
    return refuse('unavailable', `the halt file cannot be cleared, and stays in force: ${why}`);
  }
}

async function clearAll({ halts }: Desk, ids: ReadonlySet<string>): Promise<void> {
  for (const { id, durable } of halts.board.notes()) {
    if (!ids.has(id)) continue;
    await durable;
    await halts.place.clear(id);
  }
}

function resumeTurn(
  desk: Desk,
  order: ResumeOrder,
  ids: ReadonlySet<string>,
): Recorded & { readonly durable: Promise<void> } {
  const { index, durable } =
    order.agent === null ? resumeWide(desk, order, ids) : resumeOne(desk, order);
  const now = desk.parts.clocks.now();
  const { board } = desk.halts;
  for (const note of board.notes()) {
    if (!ids.has(note.id)) continue;
    note.resumedAt ??= now;
    board.changes.note(note.id);
  }
  return { index, durable: liftChildren(desk, order, ids)?.durable ?? durable };
}

function resumeWide(desk: Desk, order: ResumeOrder, ids: ReadonlySet<string>): Lifted {
  const { scope, target, reason, by } = order;
  const { recorder, clocks } = desk.parts;
  const appended = recorder.record({
    at: recorder.now(clocks.now()),
    agent: null,
    session: null,
    kind: 'fleet_resumed',
    open: { scope, target, reason, by },
    secret: null,
    subject: null,
  });
  desk.halts.wide.delete(wideKey(order));
  let last = appended;
  for (const live of agentsOf(desk)) {
    if (isHaltedByItself(desk, { agent: live.agent, scope, target }, ids)) continue;
    last = lift(desk, live, { scope, target, reason, by }) ?? last;
  }
  return { index: appended.index, durable: last.durable };
}

type Resume = Extract<RecordedEvent, { readonly kind: 'resume' }>['resume'];
type Lifted = Recorded & { readonly durable: Promise<void> };

/** Returns whether somebody halted the same of one agent alone. */
function isHaltedByItself(
  { halts: { board } }: Desk,
  { agent, scope, target }: Pick<HaltOrder, 'agent' | 'scope' | 'target'>,
  ids: ReadonlySet<string>,
): boolean {
  return board.notes().some((note) => {
    const isSame = note.agent === agent && note.scope === scope && note.target === target;
    return isSame && note.resumedAt === null && !ids.has(note.id);
  });
}

function resumeOne(desk: Desk, order: ResumeOrder): Lifted {
  const { scope, target, reason, by } = order;
  const live = desk.agents.get(order.agent ?? '');
  if (live === undefined) throw new Error('bug: an agent that is resumed is there');
  return recordResume(desk, live, { scope, target, reason, by });
}

// What stops of its own, or of another that handed it down, stays: it is resumed by itself.
function liftChildren(
  desk: Desk,
  { reason, by }: ResumeOrder,
  ids: ReadonlySet<string>,
): Lifted | null {
  let last: Lifted | null = null;
  for (const child of desk.agents.values()) {
    for (const { id = '', scope, target } of child.state.halts.values()) {
      const isOver = ids.has(id) || typeof desk.halts.board.find(id)?.resumedAt === 'number';
      const session = child.state.sessions.get(target);
      if (!isOver || scope !== 'session') continue;
      const isOwn = (session?.haltedBy ?? null) !== null;
      if (isOwn || haltAbove(desk, child, target) !== null) continue;
      last = lift(desk, child, { scope, target, reason, by }) ?? last;
    }
  }
  return last;
}

function lift(desk: Desk, live: LiveAgent, resumed: Resume): Lifted | null {
  const { scope, target } = resumed;
  const isHalted = [...live.state.halts.values()].some((halt) => {
    return halt.scope === scope && halt.target === target;
  });
  if (!isHalted) return null;
  return recordResume(desk, live, resumed);
}

function recordResume(desk: Desk, live: LiveAgent, what: Resume): Lifted {
  const event = { kind: 'resume', at: momentOf(desk, live), resume: what } as const;
  const resumed = recordEvent(desk, live, { event });
  const { scope, target } = what;
  // A session that halted itself did not raise the epoch.
  if (scope === 'session') {
    live.permits.void(target);
    voidGiven(live, target);
  }
  return resumed;
}
