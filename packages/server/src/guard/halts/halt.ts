import type { Desk } from '../desk.ts';
import type { Outcome } from '../guard.ts';
import { makeId } from '../ids.ts';
import { done, noAgent, refuse } from '../refusal.ts';
import { type HaltNote, viewOf } from './board.ts';
import { latchHalt } from './latch.ts';
import type { HaltOrder, SavedHalt } from './order.ts';
import { warningOf } from './unknown-target.ts';
import type { AnsweredHalt } from './view.ts';

/**
 * Halts what was ordered. It is in force when this returns, in the same turn; the promise resolves
 * once it is latched for good: the halt file or the ledger holds it, whichever is first. Nothing
 * that fails lifts it.
 */
export async function halt(desk: Desk, order: HaltOrder): Promise<Outcome<AnsweredHalt>> {
  const fault = faultIn(desk, order) ?? noSession(desk, order);
  if (fault !== null) return fault;
  const { agent, scope, target, reason, by, incident = null } = order;
  const at = desk.parts.clocks.now();
  const id = makeId('hlt', at, desk.random);
  const saved = { agent, scope, target, reason, by, incident, id, at } as const;
  const note = latchHalt(desk, saved);
  const isHeld = await keepHalt(desk, note, saved);
  if (isHeld) return done({ ...latchedOf(note), warning: warningOf(desk, order) });
  const why = desk.stopped ?? 'the log takes nothing for the moment';
  return refuse('unavailable', `halted, and not written down yet: ${why}`);
}

function latchedOf(note: HaltNote): Omit<AnsweredHalt, 'warning'> {
  const { halt: id, epoch, state, latchedAt, waitingFor, index } = viewOf(note);
  return { halt: id, epoch, state, latchedAt, waitingFor, index };
}

/** Returns whether a halt that is latched is kept for good, once that is known. */
export async function keepHalt(desk: Desk, note: HaltNote, saved: SavedHalt): Promise<boolean> {
  const inLog = note.unwritten === 0 ? note.durable : null;
  const inFile = desk.halts.place.save(saved).then(async (how) => {
    if (how === 'failed') throw new Error('the halt file was not written');
    if (how === 'full' && !(await isDurable(inLog))) latchFleet(desk, saved);
    return null;
  });
  const ways = inLog === null ? [inFile] : [inFile, inLog];
  try {
    await Promise.any(ways);
    return true;
  } catch (error) {
    if (error instanceof AggregateError) return false;
    throw error;
  }
}

async function isDurable(inLog: Promise<void> | null): Promise<boolean> {
  if (inLog === null) return false;
  return inLog.then(
    () => true,
    () => false,
  );
}

// The file says of its last slot that the fleet is halted, so it is.
function latchFleet(desk: Desk, { by, at, incident, reason: why }: SavedHalt): void {
  const reason = `the halt file is full, so everything is halted; the last was: ${why}`;
  const id = makeId('hlt', at, desk.random);
  latchHalt(desk, { agent: null, scope: 'fleet', target: '', reason, by, incident, id, at });
}

/** Returns what is wrong with an order to halt or to resume, or null. */
export function faultIn(
  desk: Desk,
  { agent, scope, target }: Pick<HaltOrder, 'agent' | 'scope' | 'target'>,
): Outcome<never> | null {
  if (agent !== null && !desk.agents.has(agent)) return refuse('unknown-agent', noAgent(agent));
  const isNamed = scope !== 'agent' && scope !== 'fleet';
  if (isNamed && target === '') return refuse('bad-request', `\`target\` must name the ${scope}`);
  if (!isNamed && target !== '') {
    return refuse('bad-request', `\`target\` must be empty for a halt of the ${scope}`);
  }
  if (
    (agent === null && scope !== 'fleet' && scope !== 'room') ||
    (agent !== null && scope === 'fleet')
  ) {
    return refuse('bad-request', `\`scope\` ${scope} is not of ${agent ?? 'every agent'}`);
  }
  return null;
}

function noSession(desk: Desk, { agent, scope, target }: HaltOrder): Outcome<never> | null {
  if (scope !== 'session' || agent === null) return null;
  if (desk.agents.get(agent)?.state.sessions.has(target) === true) return null;
  return refuse('unknown-session', `no open session \`${target}\`: nothing to halt`);
}
