import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { type BuiltIn, type Era, isReserved } from './methods.ts';
import { CODES, printError, printRequest, printResult, type Request } from './message.ts';
import { type Refusal, refusalError, refusalResult } from './refusal.ts';

/** A request of the client that is decided before it is forwarded. */
export type Call = {
  readonly request: Request;
  readonly era: Era;
  /** The name in the pact. */
  readonly tool: string;
  readonly args: JsonObject;
  /** Whether the server may answer with a task, whose result comes later. */
  readonly asTask: boolean;
  /** Where progress is told; null when the client did not ask for it. */
  readonly progressToken: string | number | null;
  /** Returns the request to forward, with the arguments that were let through. */
  readonly print: (args: JsonObject) => Buffer;
  /** Returns a refusal in the form this request is answered in. */
  readonly refuse: (refusal: Refusal) => Buffer;
};

const CALL_MEMBERS: ReadonlySet<string> = new Set([
  'name',
  'arguments',
  '_meta',
  'inputResponses',
  'requestState',
  'task',
]);

/** Returns a `tools/call` as it is decided, or the error it is answered with. */
export function toolCall(
  request: Request,
  era: Era,
  { prefix, mayTask }: { readonly prefix: string; readonly mayTask: boolean },
): Call | Buffer {
  const { id, params } = request;
  const { task, ...rest } = params;
  const { name, arguments: given = {} } = rest;
  const stranger = Object.keys(params).find((member) => !CALL_MEMBERS.has(member));
  if (stranger !== undefined) return invalid(request, `\`${stranger}\` is not known here`);
  if (typeof name !== 'string' || name === '' || name.length > 200) {
    return invalid(request, '`name` must be the name of a tool');
  }
  if (isReserved(name)) return invalid(request, `\`${name}\` is the name of no tool`);
  if (!isJsonObject(given)) return invalid(request, '`arguments` must be an object');
  // In the modern era it asks for nothing, and is left out whatever it holds.
  if (era === 'legacy' && task !== undefined && !isTaskAsked(task)) {
    return invalid(request, '`task` holds `ttl` and `pollInterval`, in milliseconds');
  }
  // Who is asked for a task and knows none goes on as if it had not been.
  const isAsked = era === 'legacy' && mayTask && task !== undefined;
  const sent = isAsked ? params : rest;
  return {
    request,
    era,
    asTask: era === 'modern' ? mayTask : isAsked,
    tool: `${prefix}${name}`,
    args: given,
    progressToken: tokenOf(params),
    print: (args) =>
      args === given && (isAsked || task === undefined)
        ? request.bytes
        : printRequest(request.method, { ...sent, arguments: args }, id),
    refuse: (refusal) => printResult(id, refusalResult(refusal, era)),
  };
}

function isTaskAsked(task: Json): boolean {
  if (!isJsonObject(task)) return false;
  const { ttl = null, pollInterval = null, ...others } = task;
  return isSpan(ttl) && isSpan(pollInterval) && Object.keys(others).length === 0;
}

function isSpan(value: Json): boolean {
  return value === null || (typeof value === 'number' && value > 0 && Number.isSafeInteger(value));
}

/** Returns another governed request as it is decided: its parameters are the arguments. */
export function builtInCall(
  request: Request,
  era: Era,
  { prefix, builtIn }: { readonly prefix: string; readonly builtIn: BuiltIn },
): Call {
  const { id, params, method } = request;
  const { _meta, inputResponses, requestState, ...args } = params;
  const beside = { _meta, inputResponses, requestState };
  return {
    request,
    era,
    asTask: false,
    tool: `${prefix}${builtIn}`,
    args,
    progressToken: tokenOf(params),
    print: (allowed) =>
      allowed === args
        ? request.bytes
        : printRequest(method, { ...allowed, ...presentIn(beside) }, id),
    refuse: (refusal) => printError(id, refusalError(refusal)),
  };
}

function presentIn(members: { readonly [name: string]: Json | undefined }): JsonObject {
  const kept = Object.entries(members).flatMap(([name, value]): [string, Json][] =>
    value === undefined ? [] : [[name, value]],
  );
  return Object.fromEntries(kept);
}

/** Returns the `progressToken` of a request, or null. */
export function tokenOf({ _meta }: JsonObject): string | number | null {
  const token = isJsonObject(_meta ?? null) ? Object(_meta)['progressToken'] : undefined;
  return typeof token === 'string' || typeof token === 'number' ? token : null;
}

function invalid({ id }: Request, message: string): Buffer {
  return printError(id, { code: CODES.invalidParams, message });
}
