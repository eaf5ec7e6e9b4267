import { canonical, type Json } from '@plumbline/core';

import type { Guard, Outcome, Refusal } from '../../guard/guard.ts';
import type { Conversation } from './conversations.ts';
import type { HookFlight } from './flight-log.ts';
import type { HookAnswer, HookEvent, ToolUse } from './hook-event.ts';
import { refuse } from './refusal.ts';

/** What reporting takes. */
export type Reporting = { readonly guard: Guard; readonly makeId: () => string };

/** The end of one use of a tool, by its name in the pact. */
export type EndedUse = Pick<Extract<HookEvent, { readonly kind: 'after' }>, 'status' | 'result'> & {
  readonly use: ToolUse;
  readonly tool: string;
};

const PASS: HookAnswer = { kind: 'pass' };
const RECORDED: Outcome<HookAnswer> = { ok: true, value: PASS };

/** Records what became of one use of a tool, before the agent reads it. */
export async function reportUse(
  reporting: Reporting,
  conversation: Conversation,
  ended: EndedUse,
): Promise<Outcome<HookAnswer>> {
  const { use, tool, status } = ended;
  const flight = conversation.flights.take({ id: use.id, tool, args: use.args });
  if (flight !== null) return report(reporting, conversation, { ...ended, flight });
  // What was refused, by us or by the person at the machine, and did not run.
  return status === 'not_sent' ? RECORDED : recall(reporting, conversation, ended);
}

type Reported = Pick<EndedUse, 'status' | 'result'> & {
  readonly use: ToolUse;
  readonly flight: Pick<HookFlight, 'decision' | 'args'>;
};

async function report(
  { guard }: Reporting,
  { agent, session }: Conversation,
  { status, result, use, flight }: Reported,
): Promise<Outcome<HookAnswer>> {
  const of = { agent, session, decision: flight.decision, status, records: null };
  let said = await guard.outcome({ ...of, result });
  if (!said.ok && said.error.code === 'too-large') {
    said = await guard.outcome({ ...of, result: { withheld: 'too-large', bytes: sizeOf(result) } });
  }
  if (!said.ok) return said.error.code === 'outcome-known' ? RECORDED : unrecorded(said.error);
  const key = canonical(use.args);
  if (status === 'not_sent' || flight.args.some((args) => canonical(args) === key)) {
    return RECORDED;
  }
  const noted = await guard.ranAnyway({ agent, session });
  return noted.ok ? RECORDED : unrecorded(noted.error);
}

function sizeOf(result: Json): number {
  return Buffer.byteLength(JSON.stringify(result));
}

function unrecorded(error: Refusal): Outcome<HookAnswer> {
  if (isClosed(error)) return { ok: false, error };
  const why = `the tool answered, but its answer could not be recorded (${error.message})`;
  return { ok: true, value: refuse(`${why}, so it is withheld`) };
}

/** Returns whether a session has ended. */
export function isClosed({ code }: Refusal): boolean {
  return code === 'session-closed' || code === 'unknown-session';
}

/**
 * Finds the decision of a call by the client's id of it, as after a restart. What was never let
 * through and ran all the same is decided now, so that it stands in the record, and is a bypass.
 */
async function recall(
  reporting: Reporting,
  conversation: Conversation,
  ended: EndedUse,
): Promise<Outcome<HookAnswer>> {
  const { guard, makeId } = reporting;
  const { agent, session } = conversation;
  const { use, tool } = ended;
  const action = { agent, session, tool, args: use.args };
  let said = await guard.decide({ ...action, request: use.id ?? makeId() });
  if (!said.ok && said.error.code === 'conflict') {
    said = await guard.decide({ ...action, request: makeId() });
  }
  if (!said.ok) return unrecorded(said.error);
  const { verdict, decision, isRepeat, permit } = said.value;
  const isLetThrough = verdict === 'allow' || verdict === 'modify';
  if (isLetThrough && isRepeat && permit === null) {
    return report(reporting, conversation, { ...ended, flight: { decision, args: [use.args] } });
  }
  return bypassed(reporting, conversation, { ended, decision: isLetThrough ? decision : null });
}

// An outcome whose permit was not used is a bypass by itself.
async function bypassed(
  { guard }: Reporting,
  { agent, session }: Conversation,
  { ended, decision }: { readonly ended: EndedUse; readonly decision: string | null },
): Promise<Outcome<HookAnswer>> {
  const { status, result } = ended;
  const of = { agent, session };
  if (decision === null) {
    const text = typeof result === 'string' ? result : JSON.stringify(result);
    const read = await guard.message({ ...of, from: 'untrusted', text });
    const noted = read.ok ? await guard.ranAnyway(of) : read;
    if (!noted.ok) return unrecorded(noted.error);
  } else {
    const told = await guard.outcome({ ...of, decision, status, result, records: null });
    if (!told.ok && told.error.code !== 'outcome-known') return unrecorded(told.error);
  }
  const why = 'it ran without being let through, which is recorded as a bypass';
  return { ok: true, value: refuse(why) };
}
