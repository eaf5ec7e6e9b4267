import { randomBytes } from 'node:crypto';

import type { Caller } from '../../routes/caller.ts';
import type { Subject } from '../../store/vault.ts';
import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import { makePlan, type PlanningNeeds, type ReadyAction, readyActions } from './make-plan.ts';
import { actionDigest, setDigest } from './set-digest.ts';
import { note, type Noting } from './step-notes.ts';
import type { Filling, UndoSelection, UndoSet } from './undo-types.ts';
import type { CompiledPact } from '@plumbline/core';

/** What sets are asked for with. */
export type AskingNeeds = PlanningNeeds &
  Noting & {
    readonly subjects: { readonly byId: (id: string) => Promise<Subject | undefined> };
    readonly pseudonymOf: (person: string) => string;
  };

/** A set that is asked for. */
export type UndoRequest = {
  readonly selection: UndoSelection;
  readonly filling: Filling;
  readonly goOn: boolean;
  readonly reason: string;
};

const WAITS_MS = 86_400_000;

/** Writes down exactly what is to be taken back, for another person to approve. */
export async function askSet(
  needs: AskingNeeds,
  pact: CompiledPact,
  { request, by }: { readonly request: UndoRequest; readonly by: Caller },
): Promise<Served<UndoSet>> {
  if (!needs.book.hasRoom) return refused('too-large', 'this node has taken back all it remembers');
  const plan = await makePlan(needs, pact, request);
  if (!plan.ok) return plan;
  const ready = readyActions(plan.value);
  if (!ready.ok) return ready;
  const undo = `und_${randomBytes(16).toString('hex')}`;
  const { agent } = request.selection;
  const planned = { undo, agent, principal: by.person?.id ?? by.id };
  const actions: string[] = [];
  for (const [n, action] of ready.value.entries()) {
    const subject = plan.value.subjects.get(action.decision) ?? '';
    const written = await planStep(needs, { ...planned, n, action, subject });
    if (!written.ok) return written;
    actions.push(written.value);
  }
  const { goOn, reason } = request;
  const digest = setDigest({ undo, agent, pact: pact.digest, goOn, actions });
  const person = by.person === null ? null : needs.pseudonymOf(by.person.id);
  const untilMs = needs.clock() + WAITS_MS;
  const about = { undo, digest, pact: pact.digest, actions: actions.length, goOn };
  const open = { ...about, reason, by: by.id, person, untilMs };
  const written = await note(needs, agent, { kind: 'undo_asked', open });
  if (!written.ok) return written;
  const set = needs.book.find(undo);
  return set === undefined ? refused('unavailable', 'it was not taken down') : served(set);
}

type Planned = {
  readonly undo: string;
  readonly agent: string;
  readonly principal: string;
  readonly n: number;
  readonly action: ReadyAction;
  readonly subject: string;
};

/** Writes one action down, sealed for whom the one it takes back was about. */
async function planStep(
  needs: AskingNeeds,
  { undo, agent, principal, n, action, subject: id }: Planned,
): Promise<Served<string>> {
  const subject = await needs.subjects.byId(id);
  if (subject === undefined) return refused('not-found', 'its person was erased: plan it again');
  const { decision, undo: tool, args, session } = action;
  const salt = randomBytes(16).toString('hex');
  const digest = actionDigest({ n, decision, tool, args, salt });
  const open = { undo, n, decision, tool, action: digest };
  const secret = { args, salt, session, principal };
  const written = await note(needs, agent, {
    kind: 'undo_planned',
    open,
    sealed: { secret, subject },
  });
  return written.ok ? served(digest) : written;
}
