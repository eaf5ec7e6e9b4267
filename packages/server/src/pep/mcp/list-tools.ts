import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { toolsIn } from './inventory.ts';
import { CODES, printError, printRequest, printResult, type Response } from './message.ts';
import { cancelAtServer, type Flight, type Relay, settle } from './relay.ts';

const MOST_PAGES = 100;
const LIST_MS = 30_000;
// A list that is filtered for one agent and task is nobody else's, and may change soon.
const LONGEST_TTL_MS = 10_000;

/** Answers `tools/list` with what of a page the session may be shown. */
export async function listTools(relay: Relay, flight: Flight): Promise<Buffer> {
  const { id, params, bytes } = flight.request;
  const { mark } = relay.inventory;
  const response = await new Promise<Response | null>((resolve) => {
    relay.toServer.open(id, resolve);
    flight.end = (why) => {
      if (why === 'cancelled') cancelAtServer(relay, id, 'the client cancelled it');
      relay.toServer.drop(id);
      resolve(null);
    };
    relay.wires.toServer(bytes);
  });
  if (response === null) {
    return printError(id, { code: CODES.internal, message: 'the server did not answer' });
  }
  if (response.body.kind === 'error') return response.bytes;
  const { result } = response.body;
  const { tools, cursor } = toolsIn(result);
  const shown = await relay.inventory.offer(tools);
  if (!shown.ok) {
    const message = `plumbline cannot say which tools may be used (${shown.message})`;
    return printError(id, { code: CODES.internal, message });
  }
  if (cursor === null && params['cursor'] === undefined) {
    relay.inventory.noteWhole(namesOf(tools), mark);
  }
  return printResult(id, { ...result, ...cachingOf(result), tools: [...shown.value] });
}

function cachingOf({ ttlMs, cacheScope }: JsonObject): JsonObject {
  if (ttlMs === undefined && cacheScope === undefined) return {};
  const most = typeof ttlMs === 'number' ? Math.min(ttlMs, LONGEST_TTL_MS) : 0;
  return { ttlMs: most, cacheScope: 'private' };
}

/**
 * Makes sure that the list of tools was read before a call of one. Where it was read a while ago it
 * is read again beside the call, so that a server that changes a tool in silence is noticed. `meta`
 * goes with what is asked.
 */
export async function loadInventory(relay: Relay, meta: JsonObject): Promise<void> {
  const { inventory, bounds } = relay;
  const ageMs = inventory.ageMs();
  if (ageMs !== null && ageMs <= bounds.inventoryMs) return;
  const reading = inventory.read(() => readWhole(relay, meta));
  if (ageMs !== null) settle(relay, reading);
  // What was read was the list before it changed: once more, and no server makes it more often.
  else if (!(await reading)) await inventory.read(() => readWhole(relay, meta));
}

async function readWhole(relay: Relay, meta: JsonObject): Promise<void> {
  const tools: Json[] = [];
  const { mark } = relay.inventory;
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const params: JsonObject = cursor === null ? meta : { ...meta, cursor };
    const response = await askOwn(relay, params);
    if (response?.body.kind !== 'result') return;
    const read = toolsIn(response.body.result);
    tools.push(...read.tools);
    ({ cursor } = read);
    if (cursor === null) break;
  }
  const shown = await relay.inventory.offer(tools);
  if (shown.ok) relay.inventory.noteWhole(namesOf(tools), mark);
}

function askOwn(relay: Relay, params: JsonObject): Promise<Response | null> {
  const id = relay.makeId();
  if (relay.state.isServerGone) return Promise.resolve(null);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      relay.toServer.drop(id);
      resolve(null);
    }, LIST_MS).unref();
    const settled = (response: Response | null): void => {
      clearTimeout(timer);
      resolve(response);
    };
    relay.toServer.open(id, settled, () => settled(null));
    relay.wires.toServer(printRequest('tools/list', params, id));
  });
}

function namesOf(tools: readonly Json[]): ReadonlySet<string> {
  const names = tools.map((tool) => (isJsonObject(tool) ? tool['name'] : undefined));
  return new Set(names.filter((name) => typeof name === 'string'));
}
