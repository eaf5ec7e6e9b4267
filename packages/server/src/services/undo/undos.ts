import type { CompiledPact, JsonObject } from '@plumbline/core';

import type { Caller } from '../../routes/caller.ts';
import { refused, served } from '../served.ts';
import type { Recorded, Served } from '../services.ts';
import { makeTurns, type Turns } from '../turns.ts';
import type { ShownProof } from '../vote-proof.ts';
import { type AskingNeeds, askSet, type UndoRequest } from './ask-set.ts';
import { makePlan, withoutArgs } from './make-plan.ts';
import {
  reportStep,
  type StepReport,
  settleStep,
  takeStep,
  type TakenStep,
} from './outside-step.ts';
import { runSet, wasCut } from './run-set.ts';
import { noteStep, note } from './step-notes.ts';
import { openStep, type TakingNeeds } from './take-step.ts';
import { BY_START, stateOf } from './undo-book.ts';
import type { Filling, UndoPlan, UndoSelection, UndoSet, UndoState } from './undo-types.ts';
import { voteOnSet, type VotingNeeds } from './vote-on-set.ts';

/** A set as it is listed. */
export type ShownUndo = UndoSet & { readonly state: UndoState; readonly isActive: boolean };

/** A set with the arguments of its actions, by their number; null where nobody knows them. */
export type OpenedUndo = ShownUndo & { readonly args: readonly (JsonObject | null)[] | null };

/** A person's word on exactly what `digest` is of. */
export type UndoBallot = {
  readonly undo: string;
  readonly digest: string;
  readonly outcome: 'approve' | 'deny';
  readonly reason: string;
};

/** Who looks, and whether they may read what was sealed. */
export type Looking = { readonly by: Caller; readonly mayRead: boolean };

/**
 * What people take back. Source: spec/undo.md.
 *
 * Contract:
 * - A set is approved by another person than asked for it, as a whole and by its digest.
 * - Each action is decided by the guard when it is done, under the pact it was planned under.
 * - That an action begins is durable before it is done; what began and is not known to have ended
 *   is `unknown`, and is never done again unless a person says that it was not.
 * - What is or was taken back by one set is taken back by no other.
 * - Arguments are shown to who may read what was sealed, after a `read` is recorded.
 */
export type Undos = {
  readonly plan: (
    of: { readonly selection: UndoSelection; readonly filling: Filling },
    looking: Looking,
  ) => Promise<Served<UndoPlan>>;
  readonly ask: (request: UndoRequest, by: Caller) => Promise<Served<ShownUndo>>;
  /** Newest first; null: of every agent. */
  readonly list: (agent: string | null) => readonly ShownUndo[];
  readonly find: (undo: string) => ShownUndo | undefined;
  readonly opened: (undo: string, looking: Looking) => Promise<Served<OpenedUndo>>;
  /** Resolves when something of the set is written down, or after so many milliseconds. */
  readonly whenChanged: (undo: string, withinMs: number) => Promise<void>;
  readonly vote: (ballot: UndoBallot, by: Caller, shown: ShownProof) => Promise<Served<ShownUndo>>;
  /** Begins, or goes on; `again` tries once more what failed or was refused. */
  readonly run: (
    of: { readonly undo: string; readonly again: boolean },
    by: Caller,
  ) => Promise<Served<ShownUndo>>;
  /** A person says what became of an action of which nobody knows. */
  readonly settle: (
    of: { readonly undo: string; readonly n: number; readonly done: boolean },
    by: Caller,
  ) => Promise<Served<ShownUndo>>;
  readonly withdraw: (
    of: { readonly undo: string; readonly reason: string },
    by: Caller,
  ) => Promise<Served<Recorded>>;
  /** Gives an enforcement point the next action of its agent that is for it; null: none is. */
  readonly take: (agent: string) => Promise<Served<{ readonly action: TakenStep | null }>>;
  readonly report: (agent: string, report: StepReport) => Promise<Served<ShownUndo>>;
  /** Writes down of what a crash left under way that nobody knows what became of it. */
  readonly resume: () => Promise<void>;
  /** Goes on with the sets that the end of the daemon cut short, once every armed pact is back. */
  readonly goOn: () => Promise<void>;
};

/** What undoing stands on. */
export type UndosNeeds = AskingNeeds &
  Omit<TakingNeeds, 'sessionsOf' | 'begunIn' | 'told'> &
  Omit<VotingNeeds, 'told'> & {
    readonly failed: (cause: unknown) => void;
  };

type Desk = TakingNeeds &
  UndosNeeds & {
    readonly turn: Turns;
    readonly active: Map<string, Promise<void>>;
    readonly waiters: Map<string, Set<() => void>>;
  };

/** Returns the service of what people take back. */
export function makeUndos(needs: Omit<UndosNeeds, 'told'>): Undos {
  const desk = deskOf(needs);
  const { book, turn } = desk;
  return {
    plan: (of, looking) => plan(desk, of, looking),
    // One after the other: two sets at once could take the same action back.
    ask: (request, by) => turn('ask', () => ask(desk, request, by)),
    list: (agent) => {
      const sets = book.sets().filter((set) => agent === null || set.agent === agent);
      return sets.map((set) => shownOf(desk, set));
    },
    find: (undo) => {
      const set = book.find(undo);
      return set === undefined ? undefined : shownOf(desk, set);
    },
    opened: (undo, looking) => opened(desk, undo, looking),
    whenChanged: (undo, withinMs) => whenChanged(desk, undo, withinMs),
    vote: (ballot, by, shown) =>
      inTurn(desk, ballot.undo, (set) => voteOnSet(desk, set, { ballot, by, shown })),
    run: ({ undo, again }, by) => inTurn(desk, undo, (set) => run(desk, set, { again, by })),
    settle: ({ undo, n, done }, by) =>
      inTurn(desk, undo, (set) => settle(desk, set, { n, done, by: by.id })),
    withdraw: ({ undo, reason }, by) => turn(undo, () => withdraw(desk, { undo, reason, by })),
    take: (agent) => take(desk, agent),
    report: (agent, report) =>
      inTurn(desk, report.undo, async (set) => {
        if (set.agent !== agent) return missing(report.undo);
        const reported = await reportStep(desk, set, report);
        if (reported.ok) start(desk, report.undo);
        return reported;
      }),
    resume: () => resume(desk),
    goOn: () => goOn(desk),
  };
}

function deskOf(needs: Omit<UndosNeeds, 'told'>): Desk {
  const waiters = new Map<string, Set<() => void>>();
  const sessions = new Map<string, Set<string>>();
  const told = (undo: string): void => {
    for (const wake of waiters.get(undo) ?? []) wake();
  };
  return {
    ...needs,
    told,
    waiters,
    turn: makeTurns(),
    active: new Map(),
    sessionsOf: (undo) => [...(sessions.get(undo) ?? [])],
    begunIn: (undo, session) => {
      sessions.set(undo, (sessions.get(undo) ?? new Set()).add(session));
    },
  };
}

function missing(undo: string): Served<never> {
  return refused('not-found', `there is no undo \`${undo}\``);
}

function shownOf({ active, clock }: Desk, set: UndoSet): ShownUndo {
  const isActive = active.has(set.undo);
  const state = stateOf(set, clock());
  return { ...set, state: isActive && state !== 'done' ? 'running' : state, isActive };
}

/** Does something to a set that nothing else is done to meanwhile, and returns how it is then. */
async function inTurn(
  desk: Desk,
  undo: string,
  act: (set: UndoSet) => Promise<Served<unknown>>,
): Promise<Served<ShownUndo>> {
  return desk.turn(undo, async () => {
    const set = desk.book.find(undo);
    if (set === undefined) return missing(undo);
    const acted = await act(set);
    if (!acted.ok) return acted;
    return served(shownOf(desk, desk.book.find(undo) ?? set));
  });
}

function pactOf({ undo }: Desk, agent: string): Served<CompiledPact> {
  const pact = undo.pactOf(agent);
  if (pact === undefined) return refused('unknown-agent', `there is no agent \`${agent}\``);
  if (pact !== null) return served(pact);
  return refused('not-armed', `\`${agent}\` has no armed pact: publish one`);
}

async function plan(
  desk: Desk,
  of: { readonly selection: UndoSelection; readonly filling: Filling },
  { by, mayRead }: Looking,
): Promise<Served<UndoPlan>> {
  const { agent } = of.selection;
  const pact = pactOf(desk, agent);
  if (!pact.ok) return pact;
  await desk.caughtUp();
  const made = await makePlan(desk, pact.value, of);
  if (!made.ok) return made;
  const { subjects: _, ...shown } = made.value;
  if (!mayRead) return served(withoutArgs(shown));
  const sessions = shown.actions.flatMap(({ args, session }) => (args === null ? [] : [session]));
  const read = await noteRead(desk, { agent, sessions, by });
  return read.ok ? served(shown) : read;
}

async function noteRead(
  { write }: Desk,
  of: { readonly agent: string; readonly sessions: readonly string[]; readonly by: Caller },
): Promise<Served<undefined>> {
  for (const session of new Set(of.sessions)) {
    const open = { by: of.by.id, session, decision: null };
    const written = await write({ kind: 'read', agent: of.agent, open });
    if (!written.ok) return written;
  }
  return served(undefined);
}

async function ask(desk: Desk, request: UndoRequest, by: Caller): Promise<Served<ShownUndo>> {
  const pact = pactOf(desk, request.selection.agent);
  if (!pact.ok) return pact;
  await desk.caughtUp();
  const asked = await askSet(desk, pact.value, { request, by });
  return asked.ok ? served(shownOf(desk, asked.value)) : asked;
}

async function opened(
  desk: Desk,
  undo: string,
  { by, mayRead }: Looking,
): Promise<Served<OpenedUndo>> {
  const set = desk.book.find(undo);
  if (set === undefined) return missing(undo);
  if (!mayRead) return served({ ...shownOf(desk, set), args: null });
  const steps = await Promise.all(set.steps.map((step) => openStep(desk, { set, step })));
  const sessions = steps.flatMap((step) => (step.ok ? [step.value.session] : []));
  const read = await noteRead(desk, { agent: set.agent, sessions, by });
  if (!read.ok) return read;
  const args = steps.map((step) => (step.ok ? step.value.args : null));
  return served({ ...shownOf(desk, desk.book.find(undo) ?? set), args });
}

async function whenChanged({ waiters }: Desk, undo: string, withinMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const wake = (): void => resolve(undefined);
  const waiting = waiters.get(undo) ?? new Set();
  waiters.set(undo, waiting.add(wake));
  const timer = setTimeout(wake, withinMs);
  await promise;
  clearTimeout(timer);
  waiting.delete(wake);
  if (waiting.size === 0) waiters.delete(undo);
}

async function run(
  desk: Desk,
  set: UndoSet,
  { again, by }: { readonly again: boolean; readonly by: Caller },
): Promise<Served<undefined>> {
  return whyNotRun(desk, set) ?? begin(desk, set, { again, by: by.id });
}

async function begin(
  desk: Desk,
  set: UndoSet,
  { again, by }: { readonly again: boolean; readonly by: string },
): Promise<Served<undefined>> {
  const open = { undo: set.undo, again, by };
  const written = await note(desk, set.agent, { kind: 'undo_run', open });
  if (!written.ok) return written;
  start(desk, set.undo);
  return served(undefined);
}

const WHY_NOT: Readonly<Record<Exclude<UndoState, 'approved' | 'stopped'>, string>> = {
  pending: 'it waits for another person: `plumb undo approve`',
  running: 'it is under way',
  done: 'all of it is done',
  denied: 'it was denied: plan another',
  expired: 'nobody approved it in time: plan another',
  lapsed: 'it was approved too long ago: plan another for what is left',
  withdrawn: 'it was withdrawn: plan another',
};

function whyNotRun(desk: Desk, set: UndoSet): Served<never> | null {
  const { state } = shownOf(desk, set);
  if (state === 'approved' || state === 'stopped') return null;
  return refused('conflict', `\`${set.undo}\`: ${WHY_NOT[state]}`);
}

function start(desk: Desk, undo: string): void {
  const { active, failed, told } = desk;
  if (active.has(undo)) return;
  const running = runSet(desk, undo)
    .catch(failed)
    .finally(() => {
      active.delete(undo);
      told(undo);
    });
  active.set(undo, running);
}

// What became of a call that is under way is known by who makes it, and is written down then.
async function settle(
  desk: Desk,
  set: UndoSet,
  of: Parameters<typeof settleStep>[2],
): Promise<Served<undefined>> {
  const isUnderWay = set.steps.some(({ n, state }) => n === of.n && state === 'began');
  if (!isUnderWay || !desk.active.has(set.undo)) return settleStep(desk, set, of);
  return refused('conflict', `action ${of.n} of \`${set.undo}\` is under way: wait for its end`);
}

async function withdraw(
  desk: Desk,
  { undo, reason, by }: { readonly undo: string; readonly reason: string; readonly by: Caller },
): Promise<Served<Recorded>> {
  const set = desk.book.find(undo);
  if (set === undefined) return missing(undo);
  const { state } = shownOf(desk, set);
  if (state !== 'pending' && state !== 'approved' && state !== 'stopped') {
    return refused('conflict', `\`${undo}\` is ${state}: there is nothing to withdraw`);
  }
  const written = await note(desk, set.agent, {
    kind: 'undo_ended',
    open: { undo, reason, by: by.id },
  });
  return written.ok ? served({ index: written.value.index }) : written;
}

async function take(
  desk: Desk,
  agent: string,
): Promise<Served<{ readonly action: TakenStep | null }>> {
  for (const { undo } of desk.book.sets().filter((set) => set.agent === agent)) {
    const taken = await desk.turn(undo, async () => {
      const set = desk.book.find(undo);
      if (set === undefined || set.runs === 0 || shownOf(desk, set).state !== 'stopped')
        return null;
      return takeStep(desk, set);
    });
    if (taken !== null) return served({ action: taken });
  }
  return served({ action: null });
}

async function resume(desk: Desk): Promise<void> {
  for (const set of desk.book.sets()) {
    for (const { n, state } of set.steps) {
      if (state !== 'began') continue;
      const why =
        'the daemon ended while it was under way: look whether it happened, and settle it';
      await noteStep(desk, set, { n, state: 'unknown', why });
    }
  }
}

// Without its pact every action would be refused: then a person has it run.
async function goOn(desk: Desk): Promise<void> {
  const cut = desk.book.sets().filter((set) => {
    const isArmed = desk.undo.pactOf(set.agent) != null;
    return isArmed && wasCut(desk.book, set) && shownOf(desk, set).state === 'stopped';
  });
  for (const { undo } of cut) {
    const gone = await inTurn(desk, undo, (set) =>
      begin(desk, set, { again: false, by: BY_START }),
    );
    if (!gone.ok) desk.failed(new Error(`${undo} is not gone on with: ${gone.error.message}`));
  }
}
