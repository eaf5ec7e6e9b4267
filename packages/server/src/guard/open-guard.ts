import { type CompiledPact, type Json, ordered, roomLeft, type State } from '@plumbline/core';

import { addAgent, armPact, rearm, shadowPact } from './arm.ts';
import { recordClaim, revokeClaim } from './claims.ts';
import { viewSession } from './grants.ts';
import { caseOfAsk } from './ask-case.ts';
import { findAsk, listAsks, whenChanged } from './asks.ts';
import { correct } from './corrections.ts';
import { decideAction } from './decide-action.ts';
import { type DrillPlace, drillsIn } from './drill-ground.ts';
import type { Desk, GuardParts } from './desk.ts';
import { evaluate } from './evaluate.ts';
import type { Guard, Outcome, People, Refusal } from './guard.ts';
import { closedGates, decideGate } from './gates.ts';
import { halt } from './halts/halt.ts';
import { payDebts } from './halts/latch.ts';
import { leasesOf } from './halts/lease-requests.ts';
import { noticeHalts } from './halts/notice.ts';
import { closeHalts, earlierLease, findHalt, haltDeskOf, shownHalt } from './halts/open-halts.ts';
import { restoreHalts } from './halts/restore-halts.ts';
import { resume } from './halts/resume.ts';
import { settlePart } from './halts/settle.ts';
import { pooledRandom } from './ids.ts';
import { statusOf, whyVoid } from './live-agent.ts';
import { isProbe } from './probe.ts';
import { ownerOf } from './undo-agent.ts';
import { type UndoDesk, undoDesk } from './undo-desk.ts';
import { inheritLocks, lock, locksOf, unlock } from './locks.ts';
import { noteRanAnyway } from './ran-anyway.ts';
import { done, noAgent, refuse } from './refusal.ts';
import { reportOutcome } from './report-outcome.ts';
import { restoreAgents } from './restore.ts';
import { closeReview, reviewsOf } from './reviews.ts';
import { isShallow } from './shallow.ts';
import { queueSnapshot } from './snapshots.ts';
import type { Folding } from './fold-entry.ts';
import {
  closeSession,
  endOrphans,
  forgetSubject,
  openSession,
  sweepSessions,
  takeMessage,
} from './sessions.ts';
import { sweepAsks } from './settle-asks.ts';
import { recordObserved } from './observed.ts';
import { recordSelfReport } from './self-report.ts';
import { changeStaging, settleIfTaken, viewStaging } from './staging.ts';
import { haltsOn, recordRefusedCall, usableIn } from './tools.ts';
import { castVote, noteLink, noteShown } from './vote.ts';
import { proveIn } from './proofs.ts';
import { TokenTable } from './token-table.ts';
import { durably, findAgent, type Recorded } from './turn.ts';

/** A guard over a log, as it was found. */
export type OpenedGuard = DrillPlace & {
  readonly guard: Guard;
  /** How many entries the log had. */
  readonly resumedAt: number;
  /** From which entry on the log was folded; what is before came from a snapshot. */
  readonly foldedFrom: number;
  /** How many actions were let through of which nobody knows the end. */
  readonly unfinished: () => number;
  /**
   * Tests every armed pact and puts it in force; before, everything is refused. Returns the agents
   * whose pact failed, which stay refused. Call it once the `boot` entry is recorded.
   */
  readonly armAll: () => Promise<readonly { readonly agent: string; readonly error: Refusal }[]>;
  /** Why nothing is decided any more, or null while the guard works. */
  readonly stopped: () => string | null;
  /** Closes idle sessions and forgets permits that ran out. */
  readonly sweep: () => Promise<Outcome<{ readonly closed: number }>>;
  /** Denies what nobody approved in time, and settles what a crash left unsettled. */
  readonly sweepAsks: () => Promise<Outcome<{ readonly settled: number }>>;
  /** Lets everybody go who is held until something stops or a halt is effective. */
  readonly letGo: () => void;
  /** What people take back, beside the agents. */
  readonly undo: UndoDesk;
  /** Returns the state of every agent, those of self-tests included; nothing may change them. */
  readonly states: () => readonly State[];
};

/**
 * Opens a guard over a log: every agent's state is folded from it first.
 *
 * Errors: throws `RestoreError` when the log cannot be gone on with.
 */
export async function openGuard(parts: GuardParts): Promise<OpenedGuard> {
  const random = parts.random ?? pooledRandom();
  const agents = new Map();
  const folded = new Map<string, CompiledPact>();
  const halts = haltDeskOf(parts, folded, {
    settled: (note, part) => {
      parts.executing?.settled(note.id, part.agent);
      void settlePart(desk, note, part);
    },
    noticed: (live, happened) => noticeHalts(desk, live, happened),
  });
  const desk: Desk = {
    parts,
    random,
    agents,
    locks: new Map(),
    tokens: new TokenTable(),
    stopped: null,
    forgotten: new Set(),
    haltListeners: new Set(),
    halts,
    snapshotting: Promise.resolve(),
  };
  parts.executing?.watch((id) => halts.board.changes.note(id));
  const { folding, size, foldedFrom } = await restoreAgents(desk);
  for (const [agent, pact] of folding.armed) folded.set(agent, pact);
  if (size > 0) halts.earlier = earlierLease(parts);
  restoreHalts(desk);
  const stopSnapshots = snapshotEvery(desk, folding);
  const close = async (): Promise<void> => {
    desk.stopped ??= 'the daemon is stopping: send it again once it is back';
    stopSnapshots();
    closeHalts(desk);
    await settled(desk);
    await queueSnapshot(desk, folding);
  };
  return {
    guard: guardOf(desk, close),
    resumedAt: size,
    foldedFrom,
    unfinished: () => {
      return [...desk.agents.values()].reduce((sum, { state }) => sum + state.flights.size, 0);
    },
    armAll: async () => {
      payDebts(desk);
      const failed: { agent: string; error: Refusal }[] = [];
      const ended = await endOrphans(desk);
      if (!ended.ok) return [{ agent: '', error: ended.error }];
      const inherited = await inheritAll(desk);
      if (!inherited.ok) return [{ agent: '', error: inherited.error }];
      for (const [agent, pact] of folding.armed) {
        const live = desk.agents.get(agent);
        if (live === undefined || ownerOf(agent) !== agent) continue;
        const tested = await rearm(desk, live, pact);
        if (!tested.ok) failed.push({ agent, error: tested.error });
      }
      return failed;
    },
    stopped: () => desk.stopped,
    sweep: () => {
      for (const live of desk.agents.values()) settleIfTaken(desk, live);
      return sweepSessions(desk);
    },
    letGo: () => closeHalts(desk),
    sweepAsks: () => sweepAsks(desk),
    undo: undoDesk(desk),
    ...drillsIn(desk, folded),
    states: () => [...desk.agents.values()].map(({ state }) => state),
  };
}

function guardOf(desk: Desk, close: Guard['close']): Guard {
  return {
    openSession: async (request) => {
      if (ownerOf(request.agent) !== request.agent) return notForCallers(request);
      return openSession(desk, { ...request, attributes: placed(request.attributes) });
    },
    closeSession: (of) => closeSession(desk, of),
    message: (message) => takeMessage(desk, message),
    claim: (of) => recordClaim(desk, of),
    viewSession: (of) => viewSession(desk, of),
    prove: (of) => proveIn(desk, of),
    revokeClaim: (of) => revokeClaim(desk, of),
    decide: (request) => decideAction(desk, request),
    evaluate: (request) => evaluate(desk, request),
    redeem: (permit) => redeem(desk, permit),
    inspect: (permit) => inspect(desk, permit),
    asks: asksOf(desk),
    outcome: (report) => reportOutcome(desk, { ...report, result: placed(report.result) }),
    usableTools: (of) => usableIn(desk, of),
    haltsOn: (agent, finding) => haltsOn(desk, agent, finding),
    refusedCall: (call) => recordRefusedCall(desk, call),
    observed: (seen) => recordObserved(desk, seen),
    reported: (report) => recordSelfReport(desk, report),
    ranAnyway: (of) => noteRanAnyway(desk, of),
    halt: async (order) => {
      const { agent } = order;
      const isOwn = agent === null || ownerOf(agent) === agent;
      return isOwn ? halt(desk, order) : notForCallers({ agent });
    },
    halts: () => listedHalts(desk).map((note) => shownHalt(desk, note)),
    findHalt: (id, ms, after) => findHalt(desk, id, { ms, after: after ?? null }),
    leases: leasesOf(desk),
    resume: (of) => resume(desk, of),
    onHalt: (listener) => {
      desk.haltListeners.add(listener);
      return () => void desk.haltListeners.delete(listener);
    },
    addAgent: (agent, by) => addAgent(desk, agent, by),
    arm: (agent, pact) => armPact(desk, agent, pact),
    shadow: async (agent, pact) => shadowPact(desk, agent, pact),
    forget: (subject) => forgetSubject(desk, subject),
    people: peopleOf(desk),
    staging: {
      view: (agent) => viewStaging(desk, agent),
      change: (of) => changeStaging(desk, of),
    },
    roomLeft: (agent) => roomOf(desk, agent),
    status: (agent) => {
      const live = desk.agents.get(agent);
      const held = desk.halts.leases.of(agent).map(({ name }) => name);
      return live === undefined ? undefined : statusOf(live, held);
    },
    agents: () => {
      const held = desk.halts.leases.names();
      const agents = [...desk.agents.values()].filter(({ agent }) => ownerOf(agent) === agent);
      return agents.map((live) => statusOf(live, held.get(live.agent) ?? []));
    },
    close,
  };
}

function roomOf(desk: Desk, agent: string): ReturnType<Guard['roomLeft']> {
  const live = desk.agents.get(agent);
  if (live === undefined || live.pact === null) return live === undefined ? undefined : [];
  return roomLeft(live.pact, live.state, Math.max(live.state.now, desk.parts.clocks.now()));
}

function asksOf(desk: Desk): Guard['asks'] {
  return {
    list: (wanted) => listAsks(desk, wanted),
    find: (id) => findAsk(desk, id),
    gathered: (id, asked) => caseOfAsk(desk, id, asked),
    vote: (ballot) => castVote(desk, ballot),
    show: (id, by) => noteShown(desk, id, by),
    link: (link) => noteLink(desk, link),
    whenChanged: (id, withinMs) => whenChanged(desk, id, withinMs),
    votes: () => [...desk.agents.values()].flatMap(({ asks }) => asks.votes),
  };
}

// What is folded now must be what folding the record gives. What is too deep is refused anyway.
function placed<T extends Json>(value: T): T {
  return isShallow(value) ? ordered(value) : value;
}

// What is practised stops nobody, and is listed with its drill.
function listedHalts({ halts: { board } }: Desk): ReturnType<Desk['halts']['board']['notes']> {
  return board.notes().filter(({ agent }) => agent === null || !isProbe(agent));
}

// What self-tests run in is theirs alone.
function notForCallers({ agent }: { readonly agent: string }): Outcome<never> {
  return refuse('unknown-agent', noAgent(agent));
}

// One at a time; what came in between is for the next.
function snapshotEvery(desk: Desk, folding: Folding): () => void {
  const { sequencer, bounds, snapshots } = desk.parts;
  if (snapshots === undefined) return () => undefined;
  let taken = sequencer.status().durableSize;
  return sequencer.onDurable((durableSize) => {
    if (durableSize - taken < bounds.snapshotEvery) return;
    taken = durableSize;
    void queueSnapshot(desk, folding);
  });
}

// In the same turn as the forwarding: nothing is waited for between the check and the act.
function redeem(
  desk: Desk,
  { agent, token }: Parameters<Guard['redeem']>[0],
): ReturnType<Guard['redeem']> {
  const found = findAgent(desk, agent);
  if (!found.ok) return found;
  const live = found.value;
  const redeemed = live.permits.redeem(token, (permit) => whyVoid(live, permit));
  if (!redeemed.ok) return redeemed;
  const { permit, args } = redeemed.value;
  const flight = live.flights.get(permit.decision);
  if (flight !== undefined) flight.redeemedAt = desk.parts.clocks.now();
  return done({ decision: permit.decision, args });
}

function inspect(
  desk: Desk,
  { agent, token }: Parameters<Guard['inspect']>[0],
): ReturnType<Guard['inspect']> {
  const found = findAgent(desk, agent);
  if (!found.ok) return found;
  const live = found.value;
  const shown = live.permits.look(token, (permit) => whyVoid(live, permit));
  if (!shown.ok) return shown;
  const { permit, args } = shown.value;
  const flight = live.flights.get(permit.decision);
  const session = live.state.sessions.get(permit.session);
  if (flight === undefined || session === undefined) {
    return refuse('permit-void', 'the permit is void: its action has ended');
  }
  const { tool } = flight.call;
  const effect = live.pact?.tools.get(tool)?.effect ?? null;
  const { decision, session: id } = permit;
  const { task, room } = session;
  const route = live.sessions.get(id)?.byDecision.get(decision)?.answer?.route ?? null;
  return done({ decision, session: id, task, room, tool, args, effect, route });
}

const SETTLE_POLL_MS = 5;

async function settled({ agents }: Desk): Promise<void> {
  while ([...agents.values()].some(({ waiting }) => waiting > 0)) {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_POLL_MS));
  }
}

// A crash may have parted a lock on every agent from those of the agents.
function inheritAll(desk: Desk): Promise<Outcome<Recorded>> {
  return durably(desk, () => {
    let last = null;
    for (const live of desk.agents.values()) {
      if (!isProbe(live.agent)) last = inheritLocks(desk, live) ?? last;
    }
    return done(last ?? { index: 0, durable: Promise.resolve() });
  });
}

function peopleOf(desk: Desk): People {
  return {
    lock: (of) => lock(desk, of),
    unlock: (of) => unlock(desk, of),
    locks: (agent) => locksOf(desk, agent),
    closedGates: (agent) => closedGates(desk, agent),
    decideGate: (of) => decideGate(desk, of),
    correct: (of) => correct(desk, of),
    reviews: (agent) => reviewsOf(desk, agent),
    closeReview: (of) => closeReview(desk, of),
  };
}
