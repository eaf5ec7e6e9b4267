import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { CODES, type ResponseBody } from './message.ts';
import { type Era, MODERN } from './methods.ts';
import { TASKS_EXTENSION } from './task-shape.ts';

/** Which era each side of the gateway speaks. */
export type Eras = { readonly client: Era; readonly server: Era };

// What is read for one agent and session is nobody else's, and may change with the pact.
const PRIVATE = { ttlMs: 0, cacheScope: 'private' } as const;

const OWN = 'io.modelcontextprotocol/';

/** The `_meta` of a request that the gateway makes for a client that has none. */
export const OWN_META: JsonObject = {
  [`${OWN}protocolVersion`]: MODERN[0],
  [`${OWN}clientInfo`]: { name: 'plumbline', version: '0.0.0' },
  [`${OWN}clientCapabilities`]: {},
};

/** The same, of a client that knows tasks. */
export const TASKS_META: JsonObject = {
  ...OWN_META,
  [`${OWN}clientCapabilities`]: { extensions: { [TASKS_EXTENSION]: {} } },
};

/**
 * Returns parameters of a client as a server of the other era reads them. `capabilities` are those
 * of a client with a handshake.
 */
export function toServer(
  params: JsonObject,
  { client, server }: Eras,
  capabilities: JsonObject = {},
): JsonObject {
  if (client === server) return params;
  const { _meta: given, ...rest } = params;
  const meta: JsonObject = isJsonObject(given ?? null) ? Object(given) : {};
  if (server === 'modern') {
    const own = { ...OWN_META, [`${OWN}clientCapabilities`]: capabilities };
    return { ...rest, _meta: { ...meta, ...own } };
  }
  const kept = Object.entries(meta).filter(([name]) => !name.startsWith(OWN));
  return kept.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(kept) };
}

/**
 * Returns what a server answered as a client of its era reads it. A result that does not say its
 * type is complete.
 */
export function toClient(
  body: ResponseBody,
  { client, server }: Eras,
  method: string,
): ResponseBody {
  if (body.kind === 'error') return body;
  const { result } = body;
  if (client === 'modern') {
    const keeping = server === 'legacy' && method === 'resources/read' ? PRIVATE : {};
    return { kind: 'result', result: { resultType: 'complete', ...keeping, ...result } };
  }
  if (server === 'legacy') return body;
  const { resultType, ...rest } = result;
  if (resultType === undefined || resultType === 'complete')
    return { kind: 'result', result: rest };
  const message = 'the server asks for input in a way that this client does not know';
  return { kind: 'error', error: { code: CODES.internal, message } };
}

/** Returns a list with what a modern client wants to know about keeping it. */
export function listResult(name: string, items: readonly Json[], client: Era): JsonObject {
  const list = { [name]: [...items] };
  return client === 'legacy' ? list : { resultType: 'complete', ...list, ...PRIVATE };
}
