import { LedgerStopped } from '../../ledger/sequencer.ts';
import type { Desk } from '../desk.ts';
import { type LiveAgent, noteEffective } from '../live-agent.ts';
import { withdraw } from '../report-outcome.ts';
import { recordNote } from '../turn.ts';
import type { HaltNote, Part } from './board.ts';

/** How many outcomes are written in one turn, so that others get theirs in between. */
const AT_ONCE = 50;
const RETRY_MS = 50;
const TRIES = 100;

/**
 * Writes down that a halt is effective for an agent, after what it stopped on its way: an action
 * whose permit was proved never to have been used was not sent, which gives back what it reserved.
 */
export async function settlePart(desk: Desk, note: HaltNote, part: Part): Promise<void> {
  const live = desk.agents.get(part.agent);
  if (live === undefined) return;
  // The turn that latched it ends first: what it writes comes before.
  await new Promise((resolve) => setImmediate(resolve));
  const heard = new Set(part.acknowledged.map(({ lease }) => lease));
  let written = 0;
  for (const [decision, known] of part.flights) {
    if (known.end !== null) continue;
    const { lease } = known.flight;
    // What a lease's holder did is known of those alone that were heard.
    if (lease !== null && !heard.has(lease)) known.end = 'running';
    else if (await insisting(desk, () => withdraw(desk, live, decision))) known.end = 'not_sent';
    else known.end ??= 'running';
    written += 1;
    if (written % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  desk.halts.board.changes.note(note.id);
  await insisting(desk, () => writeEffective(desk, live, { note, part }));
}

function writeEffective(
  desk: Desk,
  live: LiveAgent,
  { note, part }: { readonly note: HaltNote; readonly part: Part },
): boolean {
  const ends = [...part.flights.values()].map(({ end }) => end);
  const count = (wanted: string): number => ends.filter((end) => end === wanted).length;
  const open = {
    halt: note.id,
    epoch: part.epoch,
    latchedAt: note.latchedAt,
    effectiveMs: Math.round((part.effectiveMs ?? note.latchedMs) - note.latchedMs),
    acknowledged: part.acknowledged.length,
    ranOut: part.ranOut.length,
    running: count('running') + count('cancelled'),
    finished: count('finished'),
    notSent: count('not_sent'),
  };
  recordNote(desk, live, { kind: 'halt_effective', open });
  noteEffective(live, note.id);
  return true;
}

// A log that is full for the moment is asked again; what stays unsaid the next start says.
async function insisting(desk: Desk, write: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      return desk.stopped === null && write();
    } catch (error) {
      if (!(error instanceof LedgerStopped)) throw error;
      if (error.reason !== 'backlog') return false;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
    }
  }
  return false;
}
