import type { JsonObject } from '@plumbline/core';

import type { Answer } from '../../guard/guard.ts';
import type { Call } from './call.ts';
import type { MessageUse } from './message-use.ts';
import { CODES, keyOf, type Response, type ResponseBody } from './message.ts';
import { printParamHeaders } from './param-headers.ts';
import { breachOf } from './output-shape.ts';
import { recordAnswer } from './record-answer.ts';
import type { Refusal } from './refusal.ts';
import {
  cancelAtServer,
  type EndReason,
  type Flight,
  type Over,
  type Relay,
  refusalOf,
  settle,
} from './relay.ts';
import { beginTask } from './run-task.ts';

type Ending =
  | { readonly kind: 'response'; readonly response: Response }
  | { readonly kind: 'ended'; readonly why: EndReason };

/** What a forwarded call is answered with. */
export type Forwarded =
  | { readonly kind: 'release'; readonly response: Response }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  | { readonly kind: 'silent' };

/**
 * Forwards a call that was let through, and records what became of it before anything of it is
 * released.
 */
export async function forwardCall(
  relay: Relay,
  call: Call,
  { answer, flight }: { readonly answer: Answer; readonly flight: Flight },
): Promise<Forwarded> {
  const { decision } = answer;
  const of = { tool: call.tool, decision };
  if (flight.isCancelled) return notSent(relay, of, { kind: 'silent' });
  if (answer.route?.side !== 'staging') return forwardOver(relay, call, { answer, flight });
  const over = await overStaging(relay, call, answer.route.upstream ?? '');
  if (!over.ok) {
    const refusal = { ...over.refusal, decision };
    return notSent(relay, of, { kind: 'refuse', refusal });
  }
  // Its tasks could not be followed: what a client asks about tasks goes to the server itself.
  const sent = { ...call, asTask: false };
  const key = keyOf(call.request.id);
  over.relay.flights.set(key, flight);
  const forwarded = await forwardOver(over.relay, sent, { answer, flight });
  over.relay.flights.delete(key);
  return forwarded;
}

// Where a staged call cannot go to its upstream it goes nowhere.
async function overStaging({ staging }: Relay, call: Call, upstream: string): Promise<Over> {
  if (staging !== null) return staging.over(call, upstream);
  const { tool } = call;
  const say = `\`${tool}\` is staged, and no staging upstream \`${upstream}\` is configured here`;
  return { ok: false, refusal: refusalOf('no-upstream', say, { tool }) };
}

/** What has to be ready before a permit is used is made ready first. */
async function forwardOver(
  relay: Relay,
  call: Call,
  { answer, flight }: { readonly answer: Answer; readonly flight: Flight },
): Promise<Forwarded> {
  const { prepare } = relay.wires;
  if (prepare === undefined) return forwardNow(relay, call, { answer, flight });
  const { decision } = answer;
  const use = { access: relay.enforcement.accessOf?.(answer) ?? 'write', decision };
  const why = await prepare(use);
  if (why === null) return forwardNow(relay, call, { answer, flight, use });
  const of = { tool: call.tool, decision };
  return notSent(relay, of, { kind: 'refuse', refusal: refusalOf('no-credential', why, of) });
}

async function forwardNow(
  relay: Relay,
  call: Call,
  {
    answer,
    flight,
    use,
  }: { readonly answer: Answer; readonly flight: Flight; readonly use?: MessageUse },
): Promise<Forwarded> {
  const { decision } = answer;
  const of = { tool: call.tool, decision };
  const { promise, resolve } = Promise.withResolvers<Ending>();
  if (flight.isCancelled) return notSent(relay, of, { kind: 'silent' });
  if (relay.state.isServerGone) {
    const refusal = refusalOf('server-gone', 'the server has ended', of);
    return notSent(relay, of, { kind: 'refuse', refusal });
  }
  let halt: AbortSignal | null = null;
  const said = await relay.enforcement.forward(answer, (allowed, signal) => {
    halt = signal;
    flight.end = (why) => resolve({ kind: 'ended', why });
    signal?.addEventListener('abort', () => resolve({ kind: 'ended', why: 'halted' }));
    relay.toServer.open(call.request.id, (response) => resolve({ kind: 'response', response }));
    const args = answer.verdict === 'modify' ? allowed : call.args;
    relay.wires.toServer(call.print(args), headersOf(relay, call, args), use);
  });
  if (!said.ok) {
    const say = `it may not be forwarded any more: ${said.message}`;
    const refusal = refusalOf(said.code === 'permit-void' ? 'halted' : 'refused', say, of);
    return notSent(relay, of, { kind: 'refuse', refusal });
  }
  // Whoever waits for the answer keeps the program up, not the wait itself.
  const timer = setTimeout(() => flight.end?.('timed-out'), relay.bounds.callMs).unref();
  const ending = await promise;
  clearTimeout(timer);
  flight.end = null;
  if (ending.kind === 'ended') return giveUp(relay, call, { of, why: ending.why });
  const { response } = ending;
  const task = await beginTask(relay, { call, decision, response, signal: halt });
  if (task.kind === 'refused') return { kind: 'refuse', refusal: task.refusal };
  if (task.kind === 'no-task') return take(relay, call, { of, flight, response });
  return flight.isCancelled ? { kind: 'silent' } : { kind: 'release', response: task.response };
}

function headersOf(
  { inventory, prefix }: Relay,
  { request, tool }: Call,
  args: JsonObject,
): Readonly<Record<string, string>> | undefined {
  if (!inventory.saysHeaders || request.method !== 'tools/call') return undefined;
  return printParamHeaders(inventory.standing(tool.slice(prefix.length))?.headers ?? [], args);
}

type Of = { readonly tool: string; readonly decision: string };

async function notSent(relay: Relay, { decision }: Of, then: Forwarded): Promise<Forwarded> {
  await relay.enforcement.report({ decision, status: 'not_sent', result: null });
  return then;
}

/** The answer is recorded before it is released; what cannot be recorded is withheld. */
async function take(
  relay: Relay,
  call: Call,
  {
    of,
    flight,
    response,
  }: { readonly of: Of; readonly flight: Flight; readonly response: Response },
): Promise<Forwarded> {
  const breach = breachIn(relay, call, response.body);
  if (breach !== null) return withhold(relay, of, { response, breach });
  // The definition asks for other headers by now: it is read again before the next call.
  if (isHeaderFault(response.body)) relay.inventory.spoil();
  const recorded = await recordAnswer(relay, of.decision, response);
  switch (recorded.kind) {
    case 'whole':
      return flight.isCancelled ? { kind: 'silent' } : { kind: 'release', response };
    case 'withheld': {
      const say = `the tool's answer has ${recorded.bytes} bytes, more than is released`;
      const next = 'ask for less at once';
      return { kind: 'refuse', refusal: refusalOf('too-large', say, { ...of, next }) };
    }
    case 'unrecorded': {
      const say = `the tool answered, but its answer could not be recorded (${recorded.message})`;
      return { kind: 'refuse', refusal: refusalOf('unrecorded', `${say}, so it is withheld`, of) };
    }
  }
}

/** What a result is that the tool's own definition says it never is; null where it is that. */
function breachIn({ inventory, prefix }: Relay, call: Call, body: ResponseBody): string | null {
  if (call.request.method !== 'tools/call' || body.kind === 'error') return null;
  const { isError, resultType = 'complete', structuredContent } = body.result;
  const output = inventory.standing(call.tool.slice(prefix.length))?.output ?? null;
  if (output === null || isError === true || resultType !== 'complete') return null;
  if (structuredContent === undefined) return '`structuredContent` is missing';
  return breachOf(output, structuredContent);
}

/** What breaks its schema is not what was accepted: it is recorded as that, and not released. */
async function withhold(
  relay: Relay,
  of: Of,
  { response, breach }: { readonly response: Response; readonly breach: string },
): Promise<Forwarded> {
  const { decision } = of;
  const result = { withheld: 'breaks-schema', bytes: response.bytes.length };
  const said = await relay.enforcement.report({ decision, status: 'ok', result });
  const then = said.ok ? '' : `; it could not be recorded (${said.message})`;
  const say = `the tool's answer is not what its definition says: ${breach}${then}`;
  return { kind: 'refuse', refusal: refusalOf('bad-answer', say, of) };
}

function isHeaderFault(body: ResponseBody): boolean {
  return body.kind === 'error' && body.error.code === CODES.headerMismatch;
}

const SAYS: Readonly<Record<EndReason, string>> = {
  cancelled: 'the client cancelled it',
  halted: 'it was stopped by a halt while it ran',
  'timed-out': 'the tool did not answer in time; whether it acted is not known',
  'server-gone': 'the server ended before it answered; whether the tool acted is not known',
  'bad-answer': "the server's answer cannot be read; whether the tool acted is not known",
  'too-large': "the server's answer was too long to be read; whether the tool acted is not known",
};

/** The end is unknown unless the server answers within the grace; what it says then is recorded. */
function giveUp(
  relay: Relay,
  call: Call,
  { of, why }: { readonly of: Of; readonly why: EndReason },
): Forwarded {
  const { id } = call.request;
  const { decision } = of;
  const { promise, resolve } = Promise.withResolvers<Response | null>();
  if (why === 'server-gone') resolve(null);
  else {
    relay.toServer.open(id, resolve);
    if (why !== 'too-large' && why !== 'bad-answer') cancelAtServer(relay, id, SAYS[why]);
  }
  settle(relay, settleLate(relay, { of, id, late: promise, giveUpNow: () => resolve(null) }));
  if (why === 'cancelled') return { kind: 'silent' };
  const code = why === 'halted' ? 'halted' : why;
  return { kind: 'refuse', refusal: refusalOf(code, SAYS[why], { tool: of.tool, decision }) };
}

async function settleLate(
  relay: Relay,
  {
    of,
    id,
    late,
    giveUpNow,
  }: {
    readonly of: Of;
    readonly id: string | number;
    readonly late: Promise<Response | null>;
    readonly giveUpNow: () => void;
  },
): Promise<void> {
  const { decision } = of;
  const timer = setTimeout(giveUpNow, relay.bounds.graceMs);
  const response = await late;
  clearTimeout(timer);
  if (response !== null) {
    await recordAnswer(relay, decision, response);
    return;
  }
  await relay.enforcement.report({ decision, status: 'unknown', result: null });
  relay.toServer.open(id, (answered) => {
    settle(relay, recordAnswer(relay, decision, answered));
  });
}
