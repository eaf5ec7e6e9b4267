import type { JsonObject } from '@plumbline/core';

import type { Broker } from '../../broker/broker.ts';
import { planCall, type Upstreams } from '../../broker/plan-call.ts';
import type { Answer, Guard, Outcome } from '../../guard/guard.ts';
import type { UndoDesk } from '../../guard/undo-desk.ts';
import { undoerOf } from '../../guard/undo-agent.ts';
import type { Models } from '../../store/models.ts';
import { openEntry, readEntry, type Reading } from '../read-entry.ts';
import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import { attestedOf } from './attested-of.ts';
import { actionDigest } from './set-digest.ts';
import { type Noting, noteStep, type StepNote } from './step-notes.ts';
import type { UndoSet, UndoStep } from './undo-types.ts';

/** What actions of a set are done with. */
export type TakingNeeds = Reading &
  Noting & {
    readonly undo: UndoDesk;
    readonly guard: Pick<Guard, 'inspect' | 'redeem' | 'closeSession'>;
    readonly broker: Pick<Broker, 'forward'>;
    readonly upstreams: Upstreams;
    readonly models: Pick<Models, 'decision' | 'events'>;
    readonly caughtUp: () => Promise<void>;
    /** The sessions a set was begun in since the daemon started. */
    readonly sessionsOf: (undo: string) => readonly string[];
    readonly begunIn: (undo: string, session: string) => void;
    /** Notes, as a person's word, that an action was taken back. */
    readonly label: (of: {
      readonly decision: string;
      readonly note: string;
      readonly by: string;
    }) => Promise<unknown>;
  };

/** The arguments of an action, and in which session the one it takes back was. */
type Sealed = {
  readonly args: JsonObject;
  readonly salt: string;
  readonly session: string;
  readonly principal: string;
  readonly subject: string;
};

/** An action that was let through, and is written down to begin. */
export type BegunStep = {
  readonly answer: Answer;
  readonly token: string;
  readonly args: JsonObject;
  readonly session: string;
};

type Place = { readonly set: UndoSet; readonly step: UndoStep };

/** Who makes the calls of a tool: the daemon, or an enforcement point that asks. */
export function whoCalls(
  { upstreams }: Pick<TakingNeeds, 'upstreams'>,
  { agent }: Pick<UndoSet, 'agent'>,
  { tool }: Pick<UndoStep, 'tool'>,
): 'daemon' | 'enforcement-point' {
  const planned = planCall(upstreams, { agent, tool, args: {}, route: null });
  const isElsewhere = !planned.ok && planned.error.code === 'no-upstream';
  return isElsewhere ? 'enforcement-point' : 'daemon';
}

/** Returns what an action was planned with, or why nobody knows it any more. */
export async function openStep(needs: Reading, { set, step }: Place): Promise<Served<Sealed>> {
  const entry = await readEntry(needs.sequencer, step.index);
  const opened = entry === undefined ? null : await openEntry(needs, entry);
  if (entry?.sealed == null || opened?.state !== 'opened') {
    return refused('not-found', 'its person was erased: nobody knows what it was');
  }
  // The entry was written by `ask`, which the compiler does not see.
  const secret = opened.secret as Omit<Sealed, 'subject'>;
  const { n, decision, tool } = step;
  const { args, salt } = secret;
  if (actionDigest({ n, decision, tool, args, salt }) !== step.action) {
    return refused('conflict', `action ${n} of \`${set.undo}\` is not what was approved`);
  }
  return served({ ...secret, subject: entry.sealed.subject });
}

/**
 * Has the guard decide an action, and writes down that it begins. What is not let through is
 * written down as that. Returns null then, and where the log takes nothing.
 */
export async function beginStep(needs: TakingNeeds, place: Place): Promise<BegunStep | null> {
  const { set, step } = place;
  const sealed = await openStep(needs, place);
  if (!sealed.ok) return ended(needs, place, { state: 'refused', why: sealed.error.message });
  const { args, session: undoes } = sealed.value;
  const { agent, undo, by: openedBy } = set;
  // What was attested of the session holds for what takes it back; the set's own marks beat it.
  const attested = await attestedOf(needs, { agent, session: undoes });
  if (attested === null) {
    const why = 'nobody knows any more what was attested of its session';
    return ended(needs, place, { state: 'refused', why });
  }
  const opened = await needs.undo.open({
    agent,
    name: `${undo}/${undoes}`,
    principal: sealed.value.principal,
    openedBy,
    attributes: { ...attested, undo, undoes },
    subjectId: sealed.value.subject,
  });
  if (!opened.ok) return ended(needs, place, waitOrEnd(opened));
  const { session } = opened.value;
  needs.begunIn(undo, session);
  const request = step.tries === 0 ? step.decision : `${step.decision}#${step.tries}`;
  const action = { agent, session, request, pact: set.pact, tool: step.tool, args };
  const answer = await needs.undo.decide(action);
  if (!answer.ok) return ended(needs, place, waitOrEnd(answer));
  return letThrough(needs, place, { answer: answer.value, session, args });
}

// What is not decided for the moment is asked for again; everything else is an end.
function waitOrEnd(refusal: Extract<Outcome<unknown>, { ok: false }>): Omit<StepNote, 'n'> {
  const { code, message } = refusal.error;
  const isForNow = code === 'overloaded' || code === 'unavailable';
  return { state: isForNow ? 'waiting' : 'refused', why: message };
}

async function ended(needs: Noting, place: Place, how: Omit<StepNote, 'n'>): Promise<null> {
  await noteStep(needs, place.set, { n: place.step.n, ...how });
  return null;
}

type Decided = { readonly answer: Answer; readonly session: string; readonly args: JsonObject };

async function letThrough(
  needs: TakingNeeds,
  place: Place,
  { answer, session, args }: Decided,
): Promise<BegunStep | null> {
  const { decision, verdict } = answer;
  const why = whyNotDone(answer);
  if (why === null && answer.permit !== null) {
    const { token } = answer.permit;
    const { n } = place.step;
    const begun = await noteStep(needs, place.set, { n, state: 'began', decision });
    return begun.ok ? { answer, token, args, session } : null;
  }
  if (verdict === 'allow' || verdict === 'modify') {
    await withdraw(needs, place.set.agent, { session, decision });
  }
  return ended(needs, place, why ?? { state: 'refused', decision, why: NO_PERMIT });
}

/** Why an action that was let through did not begin. */
export const NO_PERMIT =
  'its permit ran out, or the daemon ended, before it was sent: run it again';

/** Returns why what was decided is not done, or null. */
function whyNotDone(answer: Answer): Omit<StepNote, 'n'> | null {
  const { decision, verdict, say, rules, approval, route } = answer;
  const by = rules.length === 0 ? '' : ` (${rules.join(', ')})`;
  switch (verdict) {
    case 'allow': {
      const isStaged = route?.side === 'staging';
      const why = 'it would go to a staging upstream, and what it takes back did not';
      return isStaged ? { state: 'refused', decision, why } : null;
    }
    case 'modify': {
      const why = `the pact rewrites it${by}: it would not be what was approved`;
      return { state: 'refused', decision, why };
    }
    case 'step_up': {
      const why = `the pact asks people about it${by}: \`plumb approval show ${approval ?? ''}\``;
      return { state: 'waiting', decision, why };
    }
    case 'defer':
      return { state: 'waiting', decision, why: `the pact waits for facts${by}` };
    case 'deny':
      return { state: 'refused', decision, why: `the pact refuses it${by}: ${say ?? ''}` };
  }
}

/** Records of what was let through that it is not sent, so that it holds nothing back. */
async function withdraw(
  { undo }: Pick<TakingNeeds, 'undo'>,
  agent: string,
  of: { readonly session: string; readonly decision: string },
): Promise<void> {
  await undo.outcome({ agent, ...of, status: 'not_sent', result: null, records: null });
}

/** Makes the call of an action that began, and writes down what came of it. */
export async function forwardStep(
  needs: TakingNeeds,
  place: Place,
  { answer, token, session }: BegunStep,
): Promise<void> {
  const { set, step } = place;
  const agent = undoerOf(set.agent);
  const forwarded = await needs.broker.forward({ agent, token });
  if (forwarded.ok) {
    const { status, http, say } = forwarded.value;
    return endStep(needs, place, { status, why: whyOf(http, say) });
  }
  const { message } = forwarded.error;
  // What could still be used was not: nothing left.
  if (needs.guard.inspect({ agent, token }).ok) {
    await withdraw(needs, set.agent, { session, decision: answer.decision });
    return endStep(needs, place, { status: 'not_sent', why: message });
  }
  const isVoid = ['permit-void', 'permit-expired', 'no-credential'].includes(forwarded.error.code);
  const status = isVoid ? 'not_sent' : 'unknown';
  if (isVoid) await withdraw(needs, set.agent, { session, decision: answer.decision });
  await endStep(needs, { set, step }, { status, why: message });
}

function whyOf(http: number | null, say: string | null): string {
  return say ?? (http === null ? 'no answer came' : `it answered ${http}`);
}

const STATES = { ok: 'done', error: 'failed', not_sent: 'failed', unknown: 'unknown' } as const;

/** Writes down what came of an action; what was taken back is labelled so. */
export async function endStep(
  needs: TakingNeeds,
  { set, step }: Place,
  { status, why, by = null }: { status: keyof typeof STATES; why: string; by?: string | null },
): Promise<void> {
  const state = STATES[status];
  const { n, decision } = step;
  if (state === 'done') {
    const person = by ?? set.ranBy ?? set.by;
    await needs.label({ decision, note: `taken back by ${set.undo}: ${set.reason}`, by: person });
  }
  await noteStep(needs, set, { n, state, why: state === 'done' ? null : why, by });
}
