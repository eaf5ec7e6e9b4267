import type { ServerResponse } from 'node:http';

import { isJsonObject, type JsonObject } from '@plumbline/core';

import type { Caller } from '../../../routes/caller.ts';
import type { StreamReply } from '../../../routes/mcp/mcp-door.ts';
import { CODES, printRequest, printResult, type Request } from '../message.ts';
import type { Connection } from './connection.ts';
import { EventStream } from './event-stream.ts';

/** Writes an answer on a response. */
export type Write = (response: ServerResponse) => void;

// What takes longer is answered as a stream, which a client can come back to.
const PATIENCE_MS = 500;

const HEADERS = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;

/** Returns a JSON-RPC message as the whole answer. */
export function json(
  status: number,
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
): StreamReply {
  const write: Write = (response) => writeJson(response, { status, bytes, headers });
  return { kind: 'stream', status, write };
}

function writeJson(
  response: ServerResponse,
  {
    status,
    bytes,
    headers = {},
  }: {
    readonly status: number;
    readonly bytes: Buffer;
    readonly headers?: Readonly<Record<string, string>>;
  },
): void {
  if (response.destroyed) return;
  const length = { 'content-length': bytes.length };
  response.writeHead(status, { ...HEADERS, ...length, ...headers }).end(bytes);
}

/** Answers a request of a legacy client: at once, or on a stream it can come back to. */
export function answerOne(
  connection: Connection,
  request: Request,
  approver: Caller | null,
): Write {
  return (response) => {
    let stream: EventStream | null = null;
    const opened = (): EventStream => {
      if (stream !== null) return stream;
      stream = connection.openStream();
      const headers = { 'mcp-session-id': connection.id };
      if (!response.destroyed) stream.attach(response, { after: -1, headers });
      return stream;
    };
    const timer = setTimeout(opened, PATIENCE_MS);
    const say = (bytes: Buffer): void => opened().push(bytes);
    void connection.answer(request, say, approver).then((bytes) => {
      clearTimeout(timer);
      if (stream === null) return writeJson(response, { status: 200, bytes });
      stream.push(bytes);
      return stream.end();
    });
  };
}

/** Answers the requests of a batch together. */
export function answerBatch(connection: Connection, requests: readonly Request[]): Write {
  return (response) => {
    const answers = requests.map((each) => connection.answer(each, () => undefined));
    void Promise.all(answers).then((all) => {
      const bytes = Buffer.from(`[${all.map((each) => each.toString('utf8')).join(',')}]`);
      return writeJson(response, { status: 200, bytes });
    });
  };
}

/** Answers a request of a modern client, which cancels it by leaving. */
export function answerAsModern(
  connection: Connection,
  request: Request,
  approver: Caller | null,
): Write {
  if (request.method === 'subscriptions/listen') return listen(connection, request);
  return (response) => {
    let stream: EventStream | null = null;
    let isDone = false;
    const opened = (): EventStream => {
      if (stream !== null) return stream;
      stream = new EventStream('m', false);
      if (!response.destroyed) stream.attach(response, { after: -1, headers: {} });
      return stream;
    };
    const timer = setTimeout(opened, PATIENCE_MS);
    const say = (bytes: Buffer): void => opened().push(bytes);
    const alone = connection.answerAlone(request, say, approver);
    response.on('close', () => {
      if (!isDone) alone.cancel();
    });
    void alone.bytes.then((bytes) => {
      clearTimeout(timer);
      isDone = true;
      const status = statusOf(bytes);
      // What acts is answered as an event, as clients expect that may be told of progress.
      const isEvent = stream !== null || (status === 200 && request.method === 'tools/call');
      if (!isEvent) return writeJson(response, { status, bytes });
      opened().push(bytes);
      return opened().end();
    });
  };
}

const MISSING_CAPABILITY = -32021;

/** The status a modern client reads from an error. */
function statusOf(bytes: Buffer): number {
  // What the gateway printed is JSON.
  const message = JSON.parse(bytes.toString('utf8')) as JsonObject;
  const code: unknown = Object(message['error'])['code'];
  if (code === CODES.methodNotFound) return 404;
  return code === MISSING_CAPABILITY ? 400 : 200;
}

const FILTERS: Readonly<Record<string, string>> = {
  'notifications/tools/list_changed': 'toolsListChanged',
  'notifications/prompts/list_changed': 'promptsListChanged',
  'notifications/resources/list_changed': 'resourcesListChanged',
};

/** Tells a modern client what changes, as far as it asked for it. */
function listen(connection: Connection, { id, params }: Request): Write {
  return (response) => {
    const stream = new EventStream('l', false);
    stream.attach(response, { after: -1, headers: {} });
    const given = params['notifications'];
    const wanted: JsonObject = isJsonObject(given ?? null) ? Object(given) : {};
    const meta = { _meta: { 'io.modelcontextprotocol/subscriptionId': id } };
    const kept = Object.values(FILTERS).filter((name) => wanted[name] === true);
    const { taskIds = [] } = wanted;
    const tasks = (Array.isArray(taskIds) ? taskIds : []).filter((task) =>
      connection.hasTask(task),
    );
    const notifications = {
      ...Object.fromEntries(kept.map((name) => [name, true])),
      ...(tasks.length === 0 ? {} : { taskIds: tasks }),
    };
    const acknowledged = 'notifications/subscriptions/acknowledged';
    stream.push(printRequest(acknowledged, { ...meta, notifications }));
    const stop = connection.listen(notifications, (method, heard) => {
      const isTask = method === 'notifications/tasks' && tasks.includes(heard['taskId'] ?? null);
      if (!isTask && !kept.includes(FILTERS[method] ?? '')) return;
      stream.push(printRequest(method, { ...heard, ...meta }));
    });
    const forget = connection.whenClosed(() => {
      stream.push(printResult(id, { resultType: 'complete', ...meta }));
      stream.end();
    });
    response.on('close', () => {
      stop();
      forget();
    });
  };
}
