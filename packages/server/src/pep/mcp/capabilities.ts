import { findHiddenInstructions, isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { printRequest, type Request } from './message.ts';
import type { BuiltIn } from './methods.ts';
import { TASKS_EXTENSION } from './task-shape.ts';

/** Whether the session may use a built-in tool. */
export type MayUse = (builtIn: BuiltIn) => boolean;

/** Returns what of a client's capabilities the server may know of. */
export function clientCapabilities(given: Json | undefined, may: MayUse): JsonObject {
  const { roots, sampling, elicitation, extensions } = isJsonObject(given ?? null)
    ? Object(given)
    : {};
  return {
    ...member('roots', roots, true),
    ...member('sampling', sampling, may('sampling.createMessage')),
    ...member('elicitation', elicitation, may('elicitation.create')),
    ...extensionsIn(extensions),
  };
}

const CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** Returns a request of the modern era with what of its capabilities the server may know of. */
export function withCapabilities(request: Request, may: MayUse): Request {
  const { id, method, params } = request;
  const meta: JsonObject = Object(params['_meta']);
  const given = meta[CLIENT_CAPABILITIES];
  const kept = clientCapabilities(given, may);
  if (JSON.stringify(kept) === JSON.stringify(given)) return request;
  const cut = { ...params, _meta: { ...meta, [CLIENT_CAPABILITIES]: kept } };
  return { ...request, params: cut, bytes: printRequest(method, cut, id) };
}

/** Returns what of a server's capabilities the client may know of. */
export function serverCapabilities(given: Json | undefined, may: MayUse): JsonObject {
  const { tools, resources, prompts, completions, logging, tasks, extensions }: JsonObject =
    Object(given);
  return {
    ...member('tools', tools, true),
    ...member('resources', resources, may('resources.read')),
    ...member('prompts', prompts, may('prompts.get')),
    ...member('completions', completions, may('completion.complete')),
    ...member('logging', logging, true),
    ...tasksIn(tasks),
    ...extensionsIn(extensions),
  };
}

// Calls are all that may become a task.
function tasksIn(given: Json | undefined): JsonObject {
  const { list, cancel, requests }: JsonObject = Object(given);
  const { call }: JsonObject = Object(Object(requests)['tools']);
  if (!isJsonObject(call ?? null)) return {};
  const may = { ...member('list', list, true), ...member('cancel', cancel, true) };
  return { tasks: { ...may, requests: { tools: { call: {} } } } };
}

function extensionsIn(given: Json | undefined): JsonObject {
  const { [TASKS_EXTENSION]: known }: JsonObject = Object(given);
  return isJsonObject(known ?? null) ? { extensions: { [TASKS_EXTENSION]: {} } } : {};
}

function member(name: string, value: Json | undefined, may: boolean): JsonObject {
  return may && isJsonObject(value ?? null) ? { [name]: value ?? {} } : {};
}

/**
 * Returns the result of `initialize` or `server/discover` as the client may see it: with the
 * capabilities that are left, and without instructions that speak to the model behind a person's
 * back.
 */
export function introduction(
  result: JsonObject,
  may: MayUse,
): { readonly result: JsonObject; readonly signs: readonly string[] } {
  const { instructions, ...rest } = result;
  const shown = { ...rest, capabilities: serverCapabilities(rest['capabilities'], may) };
  if (typeof instructions !== 'string') return { result: shown, signs: [] };
  const signs = findHiddenInstructions(instructions).map(({ sign }) => sign);
  return { result: signs.length === 0 ? { ...shown, instructions } : shown, signs };
}
