import type { Json, JsonObject } from '@plumbline/core';

import { answerTask, faultInTaskRequest } from './answer-task.ts';
import { builtInCall, type Call, toolCall } from './call.ts';
import { clientCapabilities, introduction } from './capabilities.ts';
import { decideCall } from './decide-call.ts';
import { forwardCall } from './forward-call.ts';
import { listTools, loadInventory } from './list-tools.ts';
import {
  CODES,
  printError,
  printRequest,
  printResult,
  type RequestId,
  type Response,
} from './message.ts';
import { type ClientHandling, LEGACY, MODERN } from './methods.ts';
import { type Refusal, unknownMethod } from './refusal.ts';
import { cancelAtServer, type Flight, type Relay, refusalOf } from './relay.ts';
import { letInputs, takeInputs } from './server-asks.ts';
import { declaresTasks } from './task-shape.ts';

// What is cut to one agent and session is nobody else's, and may change with the pact.
const PRIVATE = { cacheScope: 'private', ttlMs: 0 } as const;

/** Returns the answer to a request of the client, or null where none is sent. */
export async function answerRequest(
  relay: Relay,
  flight: Flight,
  handling: ClientHandling,
): Promise<Buffer | null> {
  const { request, era } = flight;
  const { prefix, inventory } = relay;
  switch (handling.kind) {
    case 'open':
      return open(relay, flight);
    case 'discover':
      return discover(relay, flight);
    case 'list-tools':
      return listTools(relay, flight);
    case 'call-tool': {
      const mayTask = era === 'modern' ? declaresTasks(request.params) : relay.state.hasTasks;
      const call = toolCall(request, era, { prefix, mayTask });
      return 'tool' in call ? callTool(relay, flight, call) : call;
    }
    case 'govern':
      return govern(relay, flight, builtInCall(request, era, { prefix, ...handling }));
    case 'with':
      if (inventory.mayUse(handling.builtIn)) return forward(relay, flight);
      return printError(request.id, unknownMethod(request.method, missing(prefix, handling)));
    case 'task':
      return answerTask(relay, flight);
    case 'listen':
      return listen(relay, flight);
    case 'forward':
      return forward(relay, flight);
  }
}

async function open(relay: Relay, flight: Flight): Promise<Buffer> {
  const { request } = flight;
  const { inventory, wires } = relay;
  const may = inventory.mayUse.bind(inventory);
  const capabilities = clientCapabilities(request.params['capabilities'], may);
  const params = { ...request.params, capabilities };
  const response = await askServer(relay, flight, printRequest(request.method, params, request.id));
  if (response?.body.kind !== 'result') return response?.bytes ?? gone(request.id);
  const version = response.body.result['protocolVersion'];
  if (typeof version !== 'string' || !LEGACY.some((known) => known === version)) {
    const message = 'the server speaks a revision of the protocol that the gateway does not know';
    return printError(request.id, { code: CODES.invalidParams, message, data: [...LEGACY] });
  }
  relay.state.revision = version;
  relay.state.isOpened = true;
  const { result, signs } = introduction(response.body.result, may);
  relay.state.hasTasks = 'tasks' in Object(result['capabilities']);
  if (signs.length > 0) wires.note(`instructions of the server were left out: ${signs.join()}`);
  return printResult(request.id, result);
}

async function discover(relay: Relay, flight: Flight): Promise<Buffer> {
  const { id } = flight.request;
  const { inventory, wires } = relay;
  const response = await askServer(relay, flight, flight.request.bytes);
  if (response?.body.kind !== 'result') return response?.bytes ?? gone(id);
  const { result, signs } = introduction(response.body.result, inventory.mayUse.bind(inventory));
  if (signs.length > 0) wires.note(`instructions of the server were left out: ${signs.join()}`);
  const { supportedVersions } = result;
  const versions = Array.isArray(supportedVersions) ? supportedVersions : [];
  const known = versions.filter((version) => MODERN.some((each) => each === version));
  return printResult(id, { ...result, supportedVersions: known, ...PRIVATE });
}

// A client listens to tasks of its own alone.
async function listen(relay: Relay, flight: Flight): Promise<Buffer> {
  const { request } = flight;
  const wanted: JsonObject = Object(request.params['notifications']);
  const { taskIds } = wanted;
  if (!Array.isArray(taskIds)) return forward(relay, flight);
  const fault = faultInTaskRequest(request, flight.era);
  if (fault !== null) return printError(request.id, fault);
  const isOwn = (id: Json): boolean => relay.tasks.find(id)?.era === flight.era;
  const notifications = { ...wanted, taskIds: taskIds.filter(isOwn) };
  const params = { ...request.params, notifications };
  const bytes = printRequest(request.method, params, request.id);
  return forward(relay, { ...flight, request: { ...request, params, bytes } });
}

async function forward(relay: Relay, flight: Flight): Promise<Buffer> {
  const response = await askServer(relay, flight, flight.request.bytes);
  return response?.bytes ?? gone(flight.request.id);
}

function askServer(relay: Relay, flight: Flight, bytes: Buffer): Promise<Response | null> {
  const { toServer, wires, state } = relay;
  const { id } = flight.request;
  if (state.isServerGone) return Promise.resolve(null);
  return new Promise((resolve) => {
    toServer.open(id, resolve);
    flight.end = (why) => {
      if (why === 'cancelled') cancelAtServer(relay, id, 'the client cancelled it');
      toServer.drop(id);
      resolve(null);
    };
    wires.toServer(bytes);
  });
}

async function callTool(relay: Relay, flight: Flight, call: Call): Promise<Buffer | null> {
  await loadInventory(relay, metaOf(flight));
  const bar = barOf(relay, call);
  return bar === null ? govern(relay, flight, call) : refuseBarred(relay, call, bar);
}

function metaOf({ era, request }: Flight): JsonObject {
  return era === 'modern' ? { _meta: request.params['_meta'] ?? {} } : {};
}

type Bar = { readonly why: string; readonly say: string | null };

const STALE: Bar = {
  why: 'changed',
  say: 'the server changed its tools and does not say to what; try again later',
};

/** What the definition of a tool has against calls of it, whatever the pact says; null: nothing. */
function barOf({ inventory, prefix }: Relay, { tool }: Call): Bar | null {
  const standing = inventory.standing(tool.slice(prefix.length));
  if (standing?.state === 'usable') return inventory.isStale ? STALE : null;
  const isDeclared = standing !== undefined && standing.state !== 'unusable';
  // What the pact does not let the session use is refused in the words of the pact.
  if (!isDeclared && !inventory.isUsable(tool)) return null;
  const why = standing?.state === 'quarantined' ? (standing.why ?? 'changed') : 'not-listed';
  return { why, say: standing?.say ?? null };
}

async function refuseBarred(relay: Relay, call: Call, { why, say }: Bar): Promise<Buffer> {
  const { enforcement, server } = relay;
  const { tool, args } = call;
  const said = await enforcement.refused({ tool, args, server, why });
  return call.refuse(quarantineOf(call, { why, say, said }));
}

/** While people or facts were waited for, the server may have changed what was looked at before. */
async function barSince(relay: Relay, flight: Flight, call: Call): Promise<Bar | null> {
  if (call.request.method !== 'tools/call') return null;
  if (relay.inventory.ageMs() === null) await loadInventory(relay, metaOf(flight));
  return barOf(relay, call);
}

async function govern(relay: Relay, flight: Flight, call: Call): Promise<Buffer | null> {
  if (call.asTask && relay.tasks.isFull) {
    const say = 'too many tasks are running: wait for one to end, or cancel one';
    return call.refuse(refusalOf('overloaded', say, { tool: call.tool }));
  }
  const problem = await takeInputs(relay, flight.request);
  if (problem !== null) return printError(flight.request.id, problem);
  // A permit does not wait for a server that is only just started.
  if (relay.staging !== null) await relay.staging.prepare(call.era);
  const decided = await decideCall(relay, call, flight);
  if (!decided.ok) return call.refuse(decided.refusal);
  const bar = await barSince(relay, flight, call);
  if (bar !== null) {
    const { decision } = decided.answer;
    await relay.enforcement.report({ decision, status: 'not_sent', result: null });
    return refuseBarred(relay, call, bar);
  }
  const forwarded = await forwardCall(relay, call, { answer: decided.answer, flight });
  if (forwarded.kind === 'silent') return null;
  if (forwarded.kind === 'refuse') return call.refuse(forwarded.refusal);
  const { body, bytes } = forwarded.response;
  if (body.kind === 'error' || body.result['resultType'] !== 'input_required') return bytes;
  const refusal = await letInputs(relay, body.result, flight.request);
  return refusal === null ? bytes : call.refuse(refusal);
}

function gone(id: RequestId): Buffer {
  return printError(id, { code: CODES.internal, message: 'the server ended before it answered' });
}

function missing(prefix: string, { builtIn }: { readonly builtIn: string }): string {
  return `the pact gives no leave for \`${prefix}${builtIn}\``;
}

function quarantineOf(
  { tool }: Call,
  {
    why,
    say,
    said,
  }: {
    readonly why: string;
    readonly say: string | null;
    readonly said: { readonly ok: boolean };
  },
): Refusal {
  if (!said.ok) {
    return refusalOf('unavailable', 'nothing can be recorded, so nothing is let through', { tool });
  }
  if (why === 'not-listed') {
    return refusalOf('not-listed', `the server does not list \`${tool}\``, { tool });
  }
  return refusalOf('quarantined', say ?? 'a person has to accept its definition', { tool });
}
