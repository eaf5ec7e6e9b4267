import { compensate, type CompiledPact, type JsonObject, misfilled } from '@plumbline/core';

import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import { findDone, type FindingNeeds, type FoundDone, labelledUndone } from './find-done.ts';
import type { UndoBook } from './undo-book.ts';
import type {
  Filling,
  PlannedAction,
  UndoPlan,
  UndoSelection,
  WhyNotPlanned,
} from './undo-types.ts';

/** What plans are made with. */
export type PlanningNeeds = FindingNeeds & {
  readonly book: UndoBook;
  readonly clock: () => number;
};

/** A plan with whose data each action holds. */
export type OwnedPlan = UndoPlan & {
  readonly subjects: ReadonlyMap<string, string>;
};

type Planning = {
  readonly pact: CompiledPact;
  readonly filling: Filling;
  readonly undone: ReadonlySet<string>;
  readonly book: UndoBook;
  readonly now: number;
};

/** Returns what takes back what was done, last action first, and what nothing takes back. */
export async function makePlan(
  needs: PlanningNeeds,
  pact: CompiledPact,
  { selection, filling }: { readonly selection: UndoSelection; readonly filling: Filling },
): Promise<Served<OwnedPlan>> {
  const found = await findDone(needs, selection);
  if (!found.ok) return found;
  const { agent } = selection;
  const undone = await labelledUndone(needs, agent);
  const planning = { pact, filling, undone, book: needs.book, now: needs.clock() };
  const actions: PlannedAction[] = [];
  const subjects = new Map<string, string>();
  let reads = 0;
  for (const each of found.value) {
    const planned = planOne(planning, each);
    if (!planned.ok) return planned;
    if (planned.value === null) reads += 1;
    else actions.push(planned.value);
    if (each.subject !== null) subjects.set(each.row.decision, each.subject);
  }
  const strange = Object.keys(filling).find((id) => {
    return !actions.some(({ decision }) => decision === id);
  });
  if (strange !== undefined) {
    return refused('bad-request', `\`${strange}\` is not among the actions: fill in one that is`);
  }
  return served({ agent, pact: pact.digest, actions, reads, subjects });
}

// Null for what only reads.
function planOne(planning: Planning, found: FoundDone): Served<PlannedAction | null> {
  const { pact, filling } = planning;
  const { row, done } = found;
  const { decision, index, at, session, tool } = row;
  const reversible = pact.tools.get(done?.tool ?? '')?.reversible ?? null;
  const base = { decision, index, at, session, tool, reversible, args: null, missing: [] };
  const barred = whyBarred(planning, found);
  if (barred !== null) return cannot(base, barred);
  if (done === null) return cannot(base, { why: 'not-let-through', say: 'it was not let through' });
  const filled = Object.hasOwn(filling, decision) ? (filling[decision] ?? null) : null;
  const [wrong] = filled === null ? [] : misfilled(pact, done, filled);
  if (wrong !== undefined) return refused('bad-request', `\`${decision}\`: ${wrong.say}`);
  const made = compensate(pact, done, filled);
  if (made.kind === 'nothing') return served(null);
  if (made.kind === 'cannot') return cannot(base, made);
  const missing = made.kind === 'fill' ? made.missing : [];
  const { kind: can, tool: undo, args } = made;
  return served({ ...base, can, why: null, say: null, undo, args, missing });
}

type Why = { readonly why: WhyNotPlanned; readonly say: string };
type Base = Omit<PlannedAction, 'can' | 'why' | 'say' | 'undo'>;

function cannot(base: Base, { why, say }: Why): Served<PlannedAction> {
  return served({ ...base, can: 'cannot', why, say, undo: null });
}

function whyBarred({ book, undone, now }: Planning, { row, isErased }: FoundDone): Why | null {
  const { decision } = row;
  const held = book.holderOf(decision, now);
  if (held !== undefined) {
    const { undo } = held.set;
    return held.isDone
      ? { why: 'undone', say: `\`${undo}\` took it back` }
      : { why: 'in-undo', say: `\`${undo}\` takes it back: see \`plumb undo show ${undo}\`` };
  }
  if (undone.has(decision)) return { why: 'undone', say: 'a person said that they took it back' };
  return isErased
    ? { why: 'erased', say: 'its person was erased: nobody knows what it was' }
    : null;
}

/** Returns a plan as somebody sees it who may not read what was sealed. */
export function withoutArgs(plan: UndoPlan): UndoPlan {
  const actions = plan.actions.map((each): PlannedAction => ({ ...each, args: null }));
  return { ...plan, actions };
}

/** What a set is made of. */
export type ReadyAction = PlannedAction & { readonly undo: string; readonly args: JsonObject };

/** Returns the actions of a plan that can be done, or why it is no whole set. */
export function readyActions({ actions }: UndoPlan): Served<readonly ReadyAction[]> {
  const open = actions.filter(({ can }) => can === 'fill');
  const [first] = open;
  if (first !== undefined) {
    const what = first.missing.includes('*')
      ? 'its arguments'
      : `\`${first.missing.join('`, `')}\``;
    const more = open.length > 1 ? ` and ${open.length - 1} more` : '';
    return refused(
      'bad-request',
      `\`${first.decision}\`${more}: fill in ${what} of \`${first.undo ?? ''}\`, or leave it out`,
    );
  }
  const ready = actions.flatMap((each): ReadyAction[] => {
    const { undo, args } = each;
    return each.can === 'ready' && undo !== null && args !== null ? [{ ...each, undo, args }] : [];
  });
  if (ready.length === 0) return refused('bad-request', 'nothing of it can be taken back');
  if (ready.length > MOST_ACTIONS) {
    return refused('too-large', `${ready.length} actions, at most ${MOST_ACTIONS} together`);
  }
  return served(ready);
}

const MOST_ACTIONS = 100;
