import { type Halt, objectiveOf, type RecordedEvent, whyNotResume } from '@plumbline/core';

import { LedgerStopped } from '../../ledger/sequencer.ts';
import type { Desk } from '../desk.ts';
import type { Outcome } from '../guard.ts';
import type { LiveAgent } from '../live-agent.ts';
import { done, refuse } from '../refusal.ts';
import { durably, momentOf, recordEvent, type Recorded } from '../turn.ts';
import { faultIn } from './halt.ts';
import { agentsOf, payDebts } from './latch.ts';
import { type ResumeOrder, wideKey } from './order.ts';
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
  if (held !== null) return refuse('same-objective', held);
  const ids = latchedIds(desk, order);
  const cleared = await clear(desk, ids);
  if (!cleared.ok) return cleared;
  const resumed = await durably(desk, () => done(resumeTurn(desk, order, ids)));
  if (!resumed.ok) return resumed;
  for (const note of desk.halts.board.notes()) {
    if (ids.has(note.id)) note.resumedAt ??= desk.parts.clocks.now();
  }
  return resumed;
}

// Of a fleet, every agent must pursue something else.
function whyHeld(desk: Desk, order: ResumeOrder): string | null {
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
  const { scope, target, reason, by } = order;
  if (order.agent !== null) return resumeOne(desk, order, ids);
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
    last = lift(desk, live, { scope, target, reason, by }) ?? last;
  }
  return { index: appended.index, durable: last.durable };
}

type Resume = Extract<RecordedEvent, { readonly kind: 'resume' }>['resume'];
type Lifted = Recorded & { readonly durable: Promise<void> };

function resumeOne(desk: Desk, order: ResumeOrder, ids: ReadonlySet<string>): Lifted {
  const { scope, target, reason, by } = order;
  const live = desk.agents.get(order.agent ?? '');
  if (live === undefined) throw new Error('bug: an agent that is resumed is there');
  const lifted = { scope, target, reason, by };
  const first = recordResume(desk, live, lifted);
  let last = first;
  for (const { child, halt } of childHalts(desk, ids)) {
    last = lift(desk, child, { scope: halt.scope, target: halt.target, reason, by }) ?? last;
  }
  return { index: first.index, durable: last.durable };
}

/** Returns what was halted along with a halt: sessions that were delegated from what it stopped. */
function childHalts(
  desk: Desk,
  ids: ReadonlySet<string>,
): readonly { readonly child: LiveAgent; readonly halt: Halt }[] {
  return [...desk.agents.values()].flatMap((child) => {
    const halts = [...child.state.halts.values()];
    return halts.flatMap((halt) => {
      return halt.id !== undefined && ids.has(halt.id) ? [{ child, halt }] : [];
    });
  });
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
