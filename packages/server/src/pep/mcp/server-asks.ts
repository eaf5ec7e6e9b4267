import { hash } from 'node:crypto';

import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { decideCall } from './decide-call.ts';
import {
  CODES,
  keyOf,
  printError,
  printRequest,
  type Request,
  type Response,
  type RpcError,
} from './message.ts';
import { type BuiltIn, rowOf, SERVER_REQUESTS } from './methods.ts';
import { recordAnswer } from './record-answer.ts';
import { type Refusal, refusalError, unknownMethod } from './refusal.ts';
import { type Relay, refusalOf, settle } from './relay.ts';
import { callIn } from './same-call.ts';

// What a server may have asked for and not been answered yet.
const MOST_ASKED = 256;

const RUNNING = { isCancelled: false } as const;

/** Lets a request of the server reach the client, decides it first, or refuses it. */
export function takeServerRequest(relay: Relay, request: Request): void {
  const handling = rowOf(SERVER_REQUESTS, request.method);
  const { id, method } = request;
  if (handling === undefined) {
    answerServer(relay, id, unknownMethod(method, 'a server may not ask this'));
  } else if (relay.asked.has(keyOf(id)) || relay.toClient.has(id)) {
    answerServer(relay, id, { code: CODES.invalidRequest, message: 'this id is in use' });
  } else if (relay.asked.size + relay.toClient.size >= MOST_ASKED) {
    const message = 'too much was asked of the client and is not answered yet';
    answerServer(relay, id, { code: CODES.internal, message });
  } else if (handling.kind === 'forward') {
    relay.toClient.open(id, ({ bytes }) => relay.wires.toServer(bytes));
    relay.wires.toClient(request.bytes);
  } else if (relay.inventory.mayUse(handling.builtIn)) {
    const key = keyOf(id);
    relay.asked.add(key);
    const governing = governServerRequest(relay, request, handling.builtIn);
    settle(
      relay,
      governing.finally(() => relay.asked.delete(key)),
    );
  } else {
    const tool = `${relay.prefix}${handling.builtIn}`;
    answerServer(relay, id, unknownMethod(method, `the pact gives no leave for \`${tool}\``));
  }
}

function answerServer({ wires }: Relay, id: Request['id'], error: RpcError): void {
  wires.toServer(printError(id, error));
}

async function governServerRequest(
  relay: Relay,
  request: Request,
  builtIn: BuiltIn,
): Promise<void> {
  const { id, params, method } = request;
  const leave = await letThrough(relay, { builtIn, params });
  if (!leave.ok) {
    answerServer(relay, id, refusalError(leave.refusal));
    return;
  }
  const { decision } = leave;
  if (relay.state.isClientGone || relay.state.isServerGone) return recordUnknown(relay, decision);
  relay.toClient.open(
    id,
    (response) => settle(relay, releaseToServer(relay, { decision, response })),
    () => settle(relay, recordUnknown(relay, decision)),
  );
  relay.wires.toClient(
    leave.params === params ? request.bytes : printRequest(method, leave.params, id),
  );
}

async function recordUnknown({ enforcement }: Relay, decision: string): Promise<void> {
  await enforcement.report({ decision, status: 'unknown', result: null });
}

/** What was asked of the client and is never answered any more ends, and is recorded as that. */
export function endAsked(relay: Relay): void {
  relay.toClient.loseAll();
  for (const decision of relay.inputs.values()) settle(relay, recordUnknown(relay, decision));
  relay.inputs.clear();
}

// What a person or a model said is recorded before the server learns it.
async function releaseToServer(
  relay: Relay,
  { decision, response }: { readonly decision: string; readonly response: Response },
): Promise<void> {
  const recorded = await recordAnswer(relay, decision, response);
  if (recorded.kind === 'whole') return relay.wires.toServer(response.bytes);
  const why =
    recorded.kind === 'withheld'
      ? `the answer has ${recorded.bytes} bytes, more than is released`
      : `the answer could not be recorded (${recorded.message}), so it is withheld`;
  answerServer(relay, response.id, { code: CODES.internal, message: why });
}

type Let =
  | { readonly ok: true; readonly decision: string; readonly params: JsonObject }
  | { readonly ok: false; readonly refusal: Refusal };

/** Decides what a server asks of the client, and uses the permit. */
async function letThrough(
  relay: Relay,
  { builtIn, params }: { readonly builtIn: BuiltIn; readonly params: JsonObject },
): Promise<Let> {
  const tool = `${relay.prefix}${builtIn}`;
  const { _meta, ...args } = params;
  const decided = await decideCall(relay, { tool, args, progressToken: null }, RUNNING);
  if (!decided.ok) return decided;
  const { decision, verdict } = decided.answer;
  // The words of the server reach a model, so the session has read them before it does.
  const text = JSON.stringify(args);
  const heard = builtIn === 'sampling.createMessage' ? await relay.enforcement.untrusted(text) : OK;
  const sent: JsonObject[] = [];
  const said = heard.ok
    ? await relay.enforcement.forward(decided.answer, (allowed) => void sent.push(allowed))
    : heard;
  const [allowed] = sent;
  if (said.ok && allowed !== undefined) {
    const meta = _meta === undefined ? {} : { _meta };
    return { ok: true, decision, params: verdict === 'modify' ? { ...allowed, ...meta } : params };
  }
  await relay.enforcement.report({ decision, status: 'not_sent', result: null });
  const why = said.ok ? 'it may not be forwarded any more' : said.message;
  return { ok: false, refusal: refusalOf('refused', why, { tool, decision }) };
}

const OK = { ok: true, value: null } as const;

/**
 * Decides what an `input_required` result asks of the client: all of it, or the refusal of the
 * first that is not let through. The decisions stay open until the client answers.
 */
export async function letInputs(
  relay: Relay,
  result: JsonObject,
  request: Request,
): Promise<Refusal | null> {
  const { inputRequests } = result;
  const asked = isJsonObject(inputRequests ?? null) ? Object.entries(Object(inputRequests)) : [];
  for (const [key, value] of asked) {
    // What `JSON.parse` returned stays JSON under `Object.entries`.
    const refusal = await letInput(relay, keyIn(request, key), value as Json);
    if (refusal !== null) return refusal;
  }
  return null;
}

// Servers ask by the same key in every call, so that the key alone does not say what was asked.
function keyIn(request: Request, key: string): string {
  return JSON.stringify([hash('sha256', callIn(request), 'hex'), key]);
}

const MOST_INPUTS = 1_000;

/**
 * Decides one thing that a result asks of the client; `key` is what the answer to it is found by.
 * Returns the refusal of what is not let through.
 */
export async function letInput(relay: Relay, key: string, value: Json): Promise<Refusal | null> {
  const method = isJsonObject(value) ? value['method'] : undefined;
  const params = isJsonObject(value) ? value['params'] : undefined;
  const handling = typeof method === 'string' ? rowOf(SERVER_REQUESTS, method) : undefined;
  if (method === 'roots/list') return null;
  if (handling?.kind !== 'govern' || !isJsonObject(params ?? null)) {
    return refusalOf('refused', 'the server asked the client for what no server may ask', {
      tool: `${relay.prefix}${typeof method === 'string' ? method.slice(0, 64) : ''}`,
    });
  }
  const { builtIn } = handling;
  const tool = `${relay.prefix}${builtIn}`;
  if (!relay.inventory.mayUse(builtIn)) {
    return refusalOf('refused', `the pact gives no leave for \`${tool}\``, { tool });
  }
  // `isJsonObject` was asked of it above, in a form that does not narrow.
  const leave = await letThrough(relay, { builtIn, params: params as JsonObject });
  if (!leave.ok) return leave.refusal;
  // Who left without an answer keeps nobody from being asked: the end of that is not known.
  const [oldest] = relay.inputs.size >= MOST_INPUTS ? relay.inputs.keys() : [];
  for (const left of oldest === undefined ? [key] : [key, oldest]) forgetInput(relay, left);
  relay.inputs.set(key, leave.decision);
  return null;
}

function forgetInput(relay: Relay, key: string): void {
  const decision = relay.inputs.get(key);
  if (decision === undefined) return;
  relay.inputs.delete(key);
  settle(relay, recordUnknown(relay, decision));
}

/**
 * Records what the client answers to what was asked of it before. Returns an error when it answers
 * what nobody asked, or when it cannot be recorded: nothing is forwarded then.
 */
export async function takeInputs(relay: Relay, request: Request): Promise<RpcError | null> {
  const { inputResponses } = request.params;
  const given = isJsonObject(inputResponses ?? null) ? Object.entries(Object(inputResponses)) : [];
  for (const [key, value] of given) {
    // What `JSON.parse` returned stays JSON under `Object.entries`.
    const error = await takeInput(relay, { key: keyIn(request, key), name: key }, value as Json);
    if (error !== null) return error;
  }
  return null;
}

/** Records one answer of the client; returns an error where nobody asked, or it is unrecorded. */
export async function takeInput(
  relay: Relay,
  { key, name }: { readonly key: string; readonly name: string },
  value: Json,
): Promise<RpcError | null> {
  const decision = relay.inputs.get(key);
  // Roots are no secret of the agent's, and were let through without a decision.
  if (decision === undefined && isRoots(value)) return null;
  if (decision === undefined) {
    return {
      code: CODES.invalidParams,
      message: `nobody asked for the input \`${name.slice(0, 128)}\``,
    };
  }
  const said = await relay.enforcement.report({ decision, status: 'ok', result: value });
  if (!said.ok) return { code: CODES.internal, message: `unrecorded: ${said.message}` };
  relay.inputs.delete(key);
  return null;
}

function isRoots(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'roots' in value &&
    Object.keys(value).every((name) => name === 'roots' || name === '_meta')
  );
}
