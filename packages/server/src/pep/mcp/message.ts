import { isUtf8 } from 'node:buffer';

import { isJsonObject, type Json, type JsonObject, parsedJson } from '@plumbline/core';

import { duplicateName } from '../../routes/gate/duplicate-name.ts';

/** The id of a request: `1` and `"1"` are two. */
export type RequestId = string | number;

/** One message of JSON-RPC 2.0. `bytes` are as they came, without the line break. */
export type Message =
  | {
      readonly kind: 'request';
      readonly id: RequestId;
      readonly method: string;
      readonly params: JsonObject;
      readonly bytes: Buffer;
    }
  | {
      readonly kind: 'notification';
      readonly method: string;
      readonly params: JsonObject;
      readonly bytes: Buffer;
    }
  | {
      readonly kind: 'response';
      readonly id: RequestId;
      readonly body: ResponseBody;
      readonly bytes: Buffer;
    };

/** What a request was answered with. */
export type ResponseBody =
  | { readonly kind: 'result'; readonly result: JsonObject }
  | { readonly kind: 'error'; readonly error: RpcError };

/** An error as JSON-RPC carries it. */
export type RpcError = { readonly code: number; readonly message: string; readonly data?: Json };

export type Request = Extract<Message, { readonly kind: 'request' }>;
export type Notification = Extract<Message, { readonly kind: 'notification' }>;
export type Response = Extract<Message, { readonly kind: 'response' }>;

/** Codes of JSON-RPC 2.0 and of the protocol. */
export const CODES = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022,
} as const;

/** What one line holds: messages, or why it holds none. `id` is that of a request, if one shows. */
export type Parsed =
  | { readonly ok: true; readonly messages: readonly Message[]; readonly isBatch: boolean }
  | {
      readonly ok: false;
      readonly code: number;
      readonly message: string;
      readonly id: RequestId | null;
    };

const MOST_IN_BATCH = 100;
const DEEPEST = 128;

// What is handed on as it came is not parsed again. Nobody changes the bytes of a message.
const parsedLines = new WeakMap<Buffer, Parsed>();

/**
 * Returns the messages of one line. What two readers could read as two things is refused: text that
 * is not UTF-8 or not Unicode, members that stand twice, members JSON-RPC does not know, and in
 * what is decided (`isDecided`) numbers that a double does not hold, and names in one object that
 * differ in case alone.
 */
export function parseMessages(
  bytes: Buffer,
  { isDecided = false }: { readonly isDecided?: boolean } = {},
): Parsed {
  const known = isDecided ? undefined : parsedLines.get(bytes);
  if (known !== undefined) return known;
  const parsed = parseLine(bytes, isDecided);
  if (parsed.ok) parsedLines.set(bytes, parsed);
  return parsed;
}

function parseLine(bytes: Buffer, isDecided: boolean): Parsed {
  if (!isUtf8(bytes)) return fault(CODES.parse, 'the message is not UTF-8', idIn(bytes));
  const text = bytes.toString('utf8');
  const value = parsedJson(text);
  if (value === undefined) return fault(CODES.parse, 'the message is not JSON', null);
  const problem = problemIn(text, value, isDecided);
  if (problem !== null) return fault(CODES.invalidRequest, problem, idOf(value));
  return Array.isArray(value) ? parseBatch(value) : parseOne(value, bytes);
}

function problemIn(text: string, value: Json, isDecided: boolean): string | null {
  const found = faultIn(value, { depth: 0, isDecided });
  if (found !== null) return found;
  if (JSON.stringify(value) === text) return null;
  const name = duplicateName(text);
  return name === null ? null : `the name \`${name.slice(0, 64)}\` stands twice in one object`;
}

type Depth = { readonly depth: number; readonly isDecided: boolean };

function faultIn(value: Json, { depth, isDecided }: Depth): string | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : 'a text is not Unicode';
  if (typeof value === 'number') {
    const isHeld = !isDecided || Math.abs(value) <= Number.MAX_SAFE_INTEGER;
    return isHeld ? null : 'a number is beyond 2^53 - 1: send it as text';
  }
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= DEEPEST) return `the message nests deeper than ${DEEPEST}`;
  const names = Object.keys(value);
  if (isDecided && !areApart(names)) return 'two names in one object differ in case alone';
  for (const [name, member] of Object.entries(value)) {
    if (!name.isWellFormed()) return 'a name is not Unicode';
    const found = faultIn(member, { depth: depth + 1, isDecided });
    if (found !== null) return found;
  }
  return null;
}

/** Whether also a reader that takes names in any case, as Go's does, finds each of them once. */
function areApart(names: readonly string[]): boolean {
  if (names.length < 2) return true;
  return new Set(names.map((name) => name.toUpperCase().toLowerCase())).size === names.length;
}

function parseBatch(values: readonly Json[]): Parsed {
  if (values.length === 0 || values.length > MOST_IN_BATCH) {
    return fault(CODES.invalidRequest, `a batch holds 1 to ${MOST_IN_BATCH} messages`, null);
  }
  const messages: Message[] = [];
  for (const value of values) {
    const one = parseOne(value, Buffer.from(JSON.stringify(value)));
    if (!one.ok) return one;
    messages.push(...one.messages);
  }
  return { ok: true, messages, isBatch: true };
}

function parseOne(value: Json, bytes: Buffer): Parsed {
  const message = messageOf(value, bytes);
  return typeof message === 'string'
    ? fault(CODES.invalidRequest, message, idOf(value))
    : { ok: true, messages: [message], isBatch: false };
}

const MEMBERS: ReadonlySet<string> = new Set([
  'jsonrpc',
  'id',
  'method',
  'params',
  'result',
  'error',
]);

function messageOf(value: Json, bytes: Buffer): Message | string {
  if (!isJsonObject(value)) return 'the message is not an object';
  const stranger = Object.keys(value).find((name) => !MEMBERS.has(name));
  if (stranger !== undefined) return `the message has an unknown member \`${stranger}\``;
  const { jsonrpc, id, method, params, result, error } = value;
  if (jsonrpc !== '2.0') return '`jsonrpc` is not "2.0"';
  if (id !== undefined && !isId(id)) return '`id` is neither a text nor a whole number';
  if (method === undefined) return responseOf({ id, params, result, error }, bytes);
  if (typeof method !== 'string') return '`method` is not a text';
  if (result !== undefined || error !== undefined) return 'a request has no `result` or `error`';
  if (params !== undefined && !isJsonObject(params)) return '`params` is not an object';
  const asked = { method, params: params ?? {}, bytes };
  return id === undefined ? { kind: 'notification', ...asked } : { kind: 'request', id, ...asked };
}

function responseOf(
  { id, params, result, error }: { readonly [name: string]: Json | undefined },
  bytes: Buffer,
): Message | string {
  if (params !== undefined) return 'a response has no `params`';
  if (id === undefined || !isId(id)) return 'a response must have the `id` of its request';
  if (result !== undefined && error !== undefined) return 'a response has `result` or `error`';
  if (result !== undefined) {
    if (!isJsonObject(result)) return '`result` is not an object';
    return { kind: 'response', id, body: { kind: 'result', result }, bytes };
  }
  if (error === undefined || !isJsonObject(error)) return '`error` is not an object';
  const { code, message, data } = error;
  if (typeof code !== 'number' || typeof message !== 'string') {
    return '`error` lacks `code` or `message`';
  }
  const told = data === undefined ? { code, message } : { code, message, data };
  // What is not read is not handed on either: nothing would record it.
  const isWhole = Object.keys(error).length === Object.keys(told).length;
  const read = isWhole ? bytes : printError(id, told);
  return { kind: 'response', id, body: { kind: 'error', error: told }, bytes: read };
}

function isId(value: Json): value is RequestId {
  if (typeof value === 'string') return value.length <= 1_024;
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function idOf(value: Json): RequestId | null {
  if (!isJsonObject(value)) return null;
  const { id } = value;
  return id !== undefined && isId(id) ? id : null;
}

/** Of bytes that are no text, so that whoever waits for an answer to it can be told. */
function idIn(bytes: Buffer): RequestId | null {
  const value = parsedJson(bytes.toString('latin1'));
  return value === undefined ? null : idOf(value);
}

function fault(code: number, message: string, id: RequestId | null): Parsed {
  return { ok: false, code, message, id };
}

/** Returns the key of an id in tables, in which `1` and `"1"` are two. */
export function keyOf(id: RequestId): string {
  return typeof id === 'number' ? `n${id}` : `s${id}`;
}

/** Returns a request or notification as bytes. */
export function printRequest(method: string, params: JsonObject, id?: RequestId): Buffer {
  const head = id === undefined ? { jsonrpc: '2.0' } : { jsonrpc: '2.0', id };
  return Buffer.from(JSON.stringify({ ...head, method, params }));
}

/** Returns a result as bytes. */
export function printResult(id: RequestId, result: JsonObject): Buffer {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, result }));
}

/** Returns an error as bytes; `id` is null where none could be read. */
export function printError(id: RequestId | null, error: RpcError): Buffer {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, error }));
}
