import { type CompiledPact, type JsonObject, ordered } from '@plumbline/core';

import type { Appended } from '../ledger/sequencer.ts';
import { decideAction } from './decide-action.ts';
import type { Desk } from './desk.ts';
import type { Answer, Outcome, OutcomeReport } from './guard.ts';
import { latchWideIn } from './halts/restore-halts.ts';
import { freshAgent, type LiveAgent } from './live-agent.ts';
import { copyLocks, inheritLocks } from './locks.ts';
import { done, refuse } from './refusal.ts';
import { reportOutcome } from './report-outcome.ts';
import { openSession } from './sessions.ts';
import { isShallow } from './shallow.ts';
import { durably, findAgent, momentOf, recordEvent, type Recorded } from './turn.ts';
import { undoerOf } from './undo-agent.ts';

/** A session in which actions of one session are taken back. */
export type UndoOpening = {
  /** Whose actions. */
  readonly agent: string;
  /** What tells it from other sessions of its opener. */
  readonly name: string;
  /** The person on whose word it is done, or `local`. */
  readonly principal: string;
  readonly openedBy: string;
  readonly attributes: JsonObject;
  /** Whose data the arguments are. */
  readonly subjectId: string;
};

/** One action that takes another back. */
export type UndoAction = {
  readonly agent: string;
  readonly session: string;
  readonly request: string;
  /** The pact it was approved under. */
  readonly pact: string;
  readonly tool: string;
  readonly args: JsonObject;
};

/**
 * Decides actions that take back what an agent did, in chains and a state of their own
 * (`<agent>~undo`), under the pact that is armed for the agent.
 *
 * Contract:
 * - A halt of the agent, of a session, a task or a room of it does not stop them: it is why they
 *   are done. A halt of the fleet or of the tool does, and so does every lock on the agent.
 * - Limits and budgets of the agent are not used up by them.
 */
export type UndoDesk = {
  /** Undefined for an agent that is not there, null while no pact is in force. */
  readonly pactOf: (agent: string) => CompiledPact | null | undefined;
  readonly open: (of: UndoOpening) => Promise<Outcome<{ readonly session: string }>>;
  /** Another pact than it was approved under is a `conflict`. */
  readonly decide: (of: UndoAction) => Promise<Outcome<Answer>>;
  /** Records what became of one; `agent` is whose actions are taken back. */
  readonly outcome: (report: OutcomeReport) => Promise<Outcome<Recorded>>;
};

/** Returns the desk of what people take back. */
export function undoDesk(desk: Desk): UndoDesk {
  return {
    pactOf: (agent) => desk.agents.get(agent)?.pact,
    open: (of) => open(desk, of),
    decide: (of) => decide(desk, of),
    outcome: async (report) => {
      const ready = await makeReady(desk, report.agent);
      if (!ready.ok) return ready;
      const result = isShallow(report.result) ? ordered(report.result) : report.result;
      return reportOutcome(desk, { ...report, agent: undoerOf(report.agent), result });
    },
  };
}

async function open(desk: Desk, of: UndoOpening): Promise<Outcome<{ readonly session: string }>> {
  const ready = await makeReady(desk, of.agent);
  if (!ready.ok) return ready;
  const { name, principal, openedBy, attributes, subjectId } = of;
  const attested = { principal, openedBy, attributes, task: null, room: null, name };
  const agent = undoerOf(of.agent);
  const opened = await openSession(desk, { agent, ...attested, subject: null, subjectId });
  return opened.ok ? done({ session: opened.value.session }) : opened;
}

async function decide(desk: Desk, of: UndoAction): Promise<Outcome<Answer>> {
  const ready = await makeReady(desk, of.agent);
  if (!ready.ok) return ready;
  const { main, pact } = ready.value;
  if (pact.digest !== of.pact) {
    const why = 'another pact is armed than it was approved under';
    return refuse('conflict', `${why}: withdraw the undo, and ask for another`);
  }
  const halted = [...main.state.halts.values()].find(({ scope, target }) => {
    return scope === 'tool' && target === of.tool;
  });
  if (halted !== undefined) return refuse('conflict', `\`${of.tool}\` is halted: ${halted.reason}`);
  const { session, request, tool, args } = of;
  return decideAction(desk, { agent: undoerOf(of.agent), session, request, tool, args });
}

type Ready = { readonly main: LiveAgent; readonly pact: CompiledPact };

/** Gives the undoing agent the pact in force and the locks of the agent, as they are now. */
async function makeReady(desk: Desk, agent: string): Promise<Outcome<Ready>> {
  const found = findAgent(desk, agent);
  if (!found.ok) return found;
  const main = found.value;
  const { pact } = main;
  if (pact === null) return refuse('not-armed', `\`${agent}\` has no armed pact: publish one`);
  const undoing = undoerAt(desk, agent);
  const same = await durably(desk, () => {
    const durable = alignTurn(desk, { main, undoing, pact })?.durable ?? Promise.resolve();
    return done({ index: 0, durable });
  });
  return same.ok ? done({ main, pact }) : same;
}

function undoerAt(desk: Desk, agent: string): LiveAgent {
  const name = undoerOf(agent);
  const known = desk.agents.get(name);
  if (known !== undefined) return known;
  const undoing = freshAgent(name, desk.parts.clocks);
  desk.agents.set(name, undoing);
  latchWideIn(desk, undoing);
  return undoing;
}

function alignTurn(
  desk: Desk,
  { main, undoing, pact }: Ready & { readonly undoing: LiveAgent },
): Appended | null {
  let last: Appended | null = null;
  if (undoing.state.pact !== pact.digest) {
    const at = momentOf(desk, undoing);
    last = recordEvent(desk, undoing, { event: { kind: 'armed', at, pact: pact.digest } });
  }
  undoing.pact = pact;
  last = inheritLocks(desk, undoing) ?? last;
  return copyLocks(desk, undoing, main) ?? last;
}
