import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import {
  CODES,
  printError,
  printRequest,
  printResult,
  type Request,
  type Response,
  type ResponseBody,
  type RpcError,
} from './message.ts';
import type { Era } from './methods.ts';
import { type Refusal, refusalError, unknownMethod } from './refusal.ts';
import { cancelAtServer, type Flight, type Relay, refusalOf, settle } from './relay.ts';
import { endTask, noteTask, recordResult } from './run-task.ts';
import { letTaskInputs, takeTaskInputs } from './task-inputs.ts';
import type { OpenTask, TaskEnd } from './task-book.ts';
import { declaresTasks, isTerminal, parseTask, printTask, TASKS_EXTENSION } from './task-shape.ts';

/** What a request of the client about tasks is answered with. */
type Answered =
  | { readonly kind: 'result'; readonly result: JsonObject }
  | { readonly kind: 'error'; readonly error: RpcError }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'silent' };

/** Answers a request about tasks. Of a task that this client did not begin it hears nothing. */
export async function answerTask(relay: Relay, flight: Flight): Promise<Buffer | null> {
  const { request, era } = flight;
  const answered = await answerOf(relay, flight);
  switch (answered.kind) {
    case 'result': {
      const complete = era === 'modern' ? { resultType: 'complete' } : {};
      return printResult(request.id, { ...complete, ...answered.result });
    }
    case 'error':
      return printError(request.id, answered.error);
    case 'bytes':
      return answered.bytes;
    case 'silent':
      return null;
  }
}

async function answerOf(relay: Relay, flight: Flight): Promise<Answered> {
  const { request, era } = flight;
  const fault = faultInTaskRequest(request, era);
  if (fault !== null) return failed(fault);
  if (era === 'legacy' && !relay.state.hasTasks) {
    return failed(unknownMethod(request.method, 'the server has no tasks'));
  }
  if (request.method === 'tasks/list') return listTasks(relay, flight);
  const task = relay.tasks.find(request.params['taskId']);
  if (task?.era !== era) return failed(NO_TASK);
  if (task.end !== null) return refused(endOf(task, task.end));
  switch (request.method) {
    case 'tasks/get':
      return getTask(relay, flight, task);
    case 'tasks/result':
      return resultOf(relay, flight, task);
    case 'tasks/cancel':
      return cancelTask(relay, flight, task);
    default:
      return updateTask(relay, flight, task);
  }
}

/** Returns what is wrong with a request about tasks whoever it is for, or null. */
export function faultInTaskRequest({ params }: Request, era: Era): RpcError | null {
  return era === 'modern' && !declaresTasks(params) ? UNDECLARED : null;
}

/** Said of a task that is not there, and of one that is somebody else's. */
export const NO_TASK: RpcError = {
  code: CODES.invalidParams,
  message: 'there is no such task here',
};
const UNDECLARED: RpcError = {
  code: CODES.missingCapability,
  message: 'missing required client capability',
  data: { requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } },
};

const ENDS: Readonly<Record<TaskEnd, string>> = {
  halted: 'it was stopped by a halt while it ran',
  expired: 'its time is over; whether the tool acted is not known',
  'server-gone': 'the server ended before it had a result; whether the tool acted is not known',
  closed: 'it is not followed any more; whether the tool acted is not known',
};

function endOf({ tool, decision }: OpenTask, why: TaskEnd): Refusal {
  const codes = { halted: 'halted', expired: 'timed-out', closed: 'refused' } as const;
  const code = why === 'server-gone' ? why : codes[why];
  return refusalOf(code, ENDS[why], { tool, decision });
}

function failed(error: RpcError): Answered {
  return { kind: 'error', error };
}

function refused(refusal: Refusal): Answered {
  return failed(refusalError(refusal));
}

function unrecorded({ tool, decision }: OpenTask, message: string): Answered {
  const say = `it could not be recorded (${message}), so it is withheld`;
  return refused(refusalOf('unrecorded', say, { tool, decision }));
}

function badAnswer({ tool, decision }: OpenTask): Answered {
  const say = "the server's word on the task cannot be read";
  return refused(refusalOf('bad-answer', say, { tool, decision }));
}

const LONGEST_MS = 86_400_000;

type Ended = TaskEnd | 'cancelled' | 'timed-out';
type Asked = { readonly response: Response } | { readonly ended: Ended };

/** Asks the server about a task, until it answers, nothing more comes of the task, or the client
 * has enough. */
function ask(relay: Relay, flight: Flight, task: OpenTask | null): Promise<Asked> {
  const { id, bytes, method } = flight.request;
  if (relay.state.isServerGone) return Promise.resolve({ ended: 'server-gone' });
  return new Promise((resolve) => {
    const finish = (said: Asked): void => {
      clearTimeout(timer);
      task?.waiting.delete(told);
      resolve(said);
    };
    const told = (why: Ended): void => {
      relay.toServer.drop(id);
      finish({ ended: why });
    };
    // A result may take as long as its task; everything else is known at once.
    const mostMs = method === 'tasks/result' ? LONGEST_MS : relay.bounds.callMs;
    const timer = setTimeout(() => told('timed-out'), mostMs).unref();
    task?.waiting.add(told);
    relay.toServer.open(id, (response) => finish({ response }));
    flight.end = (why) => {
      relay.toServer.drop(id);
      if (why === 'cancelled') cancelAtServer(relay, id, 'the client cancelled it');
      finish({ ended: why === 'server-gone' ? why : 'cancelled' });
    };
    relay.wires.toServer(bytes);
  });
}

function endedWith(task: OpenTask, why: Ended): Answered {
  if (why === 'cancelled') return { kind: 'silent' };
  if (why !== 'timed-out') return refused(endOf(task, why));
  const { tool, decision } = task;
  return refused(refusalOf('timed-out', 'the server did not answer in time', { tool, decision }));
}

// The words of an error are the server's own, and nobody would have recorded them.
function errorOf({ code }: RpcError): RpcError {
  return { code, message: 'the server has no answer about this task' };
}

async function getTask(relay: Relay, flight: Flight, task: OpenTask): Promise<Answered> {
  const asked = await ask(relay, flight, task);
  if ('ended' in asked) return endedWith(task, asked.ended);
  const { body } = asked.response;
  if (body.kind === 'error') return failed(errorOf(body.error));
  if (asked.response.bytes.length > relay.bounds.answerBytes) return tooLarge(task);
  return unlessEnded(task, await showTask(relay, task, body.result));
}

// Read anew: a halt may have come while it was recorded.
function unlessEnded(task: OpenTask, answered: Answered): Answered {
  return task.end === null ? answered : refused(endOf(task, task.end));
}

function tooLarge({ tool, decision }: OpenTask): Answered {
  const say = "the task's answer is larger than what is released";
  return refused(refusalOf('too-large', say, { tool, decision }));
}

/** Records what a server says of a task, and returns of it what the client may see. */
export async function showTask(relay: Relay, task: OpenTask, said: JsonObject): Promise<Answered> {
  const { era } = task;
  const now = parseTask(said, era);
  if (now === null || now.id !== task.id) return badAnswer(task);
  const noted = await noteTask(relay, task, now);
  if (!noted.ok) return unrecorded(task, noted.message);
  const shown = printTask(now, era);
  if (era === 'legacy') {
    if (isTerminal(now) && task.outcome === null) settle(relay, fetchResult(relay, task));
    return { kind: 'result', result: shown };
  }
  if (now.status === 'input_required') {
    const refusal = await letTaskInputs(relay, task, said);
    if (refusal !== null) return refused(refusal);
    return { kind: 'result', result: { ...shown, inputRequests: said['inputRequests'] ?? {} } };
  }
  const body = finalIn(said, now.status);
  if (body === 'bad') return badAnswer(task);
  if (body === null) return { kind: 'result', result: shown };
  const recorded = await recordResult(relay, task, body);
  if (!recorded.ok) return unrecorded(task, recorded.message);
  const final = body.kind === 'error' ? { error: said['error'] ?? {} } : { result: body.result };
  return { kind: 'result', result: { ...shown, ...final } };
}

/** Returns what a task of the modern era came to; null while it runs or where it was cancelled. */
function finalIn({ result, error }: JsonObject, status: string): ResponseBody | 'bad' | null {
  if (status === 'completed') {
    return isJsonObject(result ?? null) ? { kind: 'result', result: Object(result) } : 'bad';
  }
  if (status !== 'failed') return null;
  const { code, message, data }: { readonly [name: string]: Json } = Object(error);
  if (typeof code !== 'number' || typeof message !== 'string') return 'bad';
  return { kind: 'error', error: { code, message, ...(data === undefined ? {} : { data }) } };
}

// A client that has seen that it is over needs not ask for more; the record wants to know.
async function fetchResult(relay: Relay, task: OpenTask): Promise<void> {
  if (task.task.status === 'cancelled' || relay.state.isServerGone) return;
  const id = relay.makeId();
  const { promise, resolve } = Promise.withResolvers<Response | null>();
  const told = (): void => resolve(null);
  task.waiting.add(told);
  relay.toServer.open(id, resolve, told);
  relay.wires.toServer(printRequest('tasks/result', { taskId: task.id }, id));
  const response = await promise;
  task.waiting.delete(told);
  if (response === null) relay.toServer.drop(id);
  else if (response.bytes.length <= relay.bounds.answerBytes) {
    await recordResult(relay, task, response.body);
  }
}

async function resultOf(relay: Relay, flight: Flight, task: OpenTask): Promise<Answered> {
  const asked = await ask(relay, flight, task);
  if ('ended' in asked) return endedWith(task, asked.ended);
  const { response } = asked;
  if (response.bytes.length > relay.bounds.answerBytes) return tooLarge(task);
  // An error about a task that is not over says nothing of what it comes to.
  if (response.body.kind === 'error' && !isTerminal(task.task)) {
    return failed(errorOf(response.body.error));
  }
  const recorded = await recordResult(relay, task, response.body);
  if (!recorded.ok) return unrecorded(task, recorded.message);
  if (flight.isCancelled) return { kind: 'silent' };
  return unlessEnded(task, { kind: 'bytes', bytes: response.bytes });
}

async function cancelTask(relay: Relay, flight: Flight, task: OpenTask): Promise<Answered> {
  if (task.era === 'legacy' && isTerminal(task.task)) {
    const message = `it is over already: ${task.task.status}`;
    return failed({ code: CODES.invalidParams, message });
  }
  const asked = await ask(relay, flight, task);
  if ('ended' in asked) return endedWith(task, asked.ended);
  const { body } = asked.response;
  if (body.kind === 'error') return failed(errorOf(body.error));
  return task.era === 'modern'
    ? { kind: 'result', result: {} }
    : showTask(relay, task, body.result);
}

async function updateTask(relay: Relay, flight: Flight, task: OpenTask): Promise<Answered> {
  const taken = await takeTaskInputs(relay, task, flight.request.params);
  if (!taken.ok) return failed(taken.error);
  const { id, method, params } = flight.request;
  const bytes = printRequest(method, { ...params, inputResponses: taken.responses }, id);
  const request: Request = { ...flight.request, bytes };
  const asked = await ask(relay, { ...flight, request }, task);
  if ('ended' in asked) return endedWith(task, asked.ended);
  const { body } = asked.response;
  return body.kind === 'error' ? failed(errorOf(body.error)) : { kind: 'result', result: {} };
}

/** Lists what of the server's tasks is this client's. */
async function listTasks(relay: Relay, flight: Flight): Promise<Answered> {
  const asked = await ask(relay, flight, null);
  if ('ended' in asked) {
    if (asked.ended === 'cancelled') return { kind: 'silent' };
    return failed({ code: CODES.internal, message: 'the server did not answer' });
  }
  const { body } = asked.response;
  if (body.kind === 'error') return failed(errorOf(body.error));
  const { tasks, nextCursor } = body.result;
  const shown: JsonObject[] = [];
  for (const said of Array.isArray(tasks) ? tasks : []) {
    const own = relay.tasks.find(Object(said)['taskId']);
    if (own?.era !== flight.era || own.end !== null || !isJsonObject(said)) continue;
    const answered = await showTask(relay, own, said);
    if (answered.kind === 'result') shown.push(answered.result);
  }
  const more = typeof nextCursor === 'string' ? { nextCursor } : {};
  return { kind: 'result', result: { tasks: shown, ...more } };
}

/** Returns a notice about a task as the client may have it, once it is recorded; null for none. */
export async function taskNotice(
  relay: Relay,
  { method, params }: { readonly method: string; readonly params: JsonObject },
): Promise<Buffer | null> {
  const task = relay.tasks.find(params['taskId']);
  if (task === undefined || task.end !== null) return null;
  if ((task.era === 'modern') !== (method === 'notifications/tasks')) return null;
  const answered = unlessEnded(task, await showTask(relay, task, params));
  if (answered.kind !== 'result') return null;
  const { _meta: meta } = params;
  const about = meta === undefined || task.era === 'legacy' ? {} : { _meta: meta };
  return printRequest(method, { ...answered.result, ...about });
}

/** Ends every task of a connection. */
export function endTasks(relay: Relay, why: TaskEnd): void {
  for (const task of relay.tasks.running()) endTask(relay, task, why);
}
