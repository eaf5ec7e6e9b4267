import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

// An MCP server of the revision 2026-07-28 with the tasks extension, as the official conformance
// suite asks for one. It is a program of its own and says its address on standard error.

const TASKS = 'io.modelcontextprotocol/tasks';
const TTL_MS = 60_000;

type Fault = { readonly code: number; readonly message: string; readonly data?: Json };
type Told = { readonly result: JsonObject } | { readonly error: Fault };

type Task = {
  readonly id: string;
  readonly createdAt: string;
  status: string;
  final: JsonObject;
  readonly asks: Map<string, Json>;
  readonly answers: Map<string, Json>;
  whenAnswered: () => void;
};

const tasks = new Map<string, Task>();

const text = (said: string, isError = false): JsonObject => ({
  content: [{ type: 'text', text: said }],
  isError,
});
const ask = (message: string): Json => ({
  method: 'elicitation/create',
  params: {
    mode: 'form',
    message,
    requestedSchema: {
      type: 'object',
      properties: { confirm: { type: 'boolean' }, name: { type: 'string' } },
    },
  },
});

function begin(work: (task: Task) => void): Task {
  const createdAt = new Date().toISOString();
  const of = { final: {}, asks: new Map<string, Json>(), answers: new Map<string, Json>() };
  const task = { id: randomUUID(), createdAt, status: 'working', ...of, whenAnswered: () => {} };
  tasks.set(task.id, task);
  work(task);
  return task;
}

function end(task: Task, status: string, final: JsonObject): void {
  if (task.status === 'cancelled') return;
  task.status = status;
  task.final = final;
}

function later(ms: number, status: string, final: JsonObject): (task: Task) => void {
  return (task) => void setTimeout(() => end(task, status, final), ms).unref();
}

function asking(keys: readonly string[]): (task: Task) => void {
  return (task) => {
    task.status = 'input_required';
    for (const key of keys) task.asks.set(key, ask(`Is ${key} right?`));
    task.whenAnswered = () => end(task, 'completed', { result: text('answered') });
  };
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const secondsIn = ({ seconds }: JsonObject): number => Number(seconds ?? 0) * 1_000;
const named = (responses: Json | undefined): string => {
  const content: JsonObject = Object(Object(Object(responses)['user_name'])['content']);
  return JSON.stringify(content);
};

/** What each tool does as a task. */
const WORK: Readonly<Record<string, (args: JsonObject, responses?: Json) => (task: Task) => void>> =
  {
    slow_compute: (args) => later(secondsIn(args), 'completed', { result: text('computed') }),
    failing_job: () => later(300, 'completed', { result: text('it failed', true) }),
    protocol_error_job: () =>
      later(100, 'failed', { error: { code: -32_603, message: 'it broke' } }),
    confirm_delete: () => asking(['confirm']),
    multi_input: () => asking(['first', 'second']),
    test_tool_with_task: (_args, responses) =>
      later(100, 'completed', { result: text(`hello ${named(responses)}`) }),
  };
const REQUIRED = ['failing_job', 'test_tool_with_task'];

function shown({ id, status, createdAt }: Task): JsonObject {
  const lastUpdatedAt = new Date().toISOString();
  return { taskId: id, status, createdAt, lastUpdatedAt, ttlMs: TTL_MS, pollIntervalMs: 100 };
}

function call(params: JsonObject, isDeclared: boolean): Told {
  const name = textOf(params['name']);
  const args: JsonObject = Object(params['arguments']);
  if (name === 'greet') return { result: text(`Hello, ${textOf(args['name'])}!`) };
  const work = Object.hasOwn(WORK, name) ? WORK[name] : undefined;
  if (work === undefined) return { error: { code: -32_602, message: 'no such tool' } };
  if (!isDeclared) return REQUIRED.includes(name) ? UNDECLARED : { result: text('computed') };
  if (name === 'test_tool_with_task' && params['inputResponses'] === undefined) {
    const inputRequests = { user_name: ask('Who are you?') };
    return { result: { resultType: 'input_required', inputRequests, requestState: 'asked' } };
  }
  const task = begin(work(args, params['inputResponses']));
  return { result: { resultType: 'task', ...shown(task) } };
}

const UNDECLARED: Told = {
  error: {
    code: -32_021,
    message: 'missing required client capability',
    data: { requiredCapabilities: { extensions: { [TASKS]: {} } } },
  },
};

function aboutTask(method: string, params: JsonObject, isDeclared: boolean): Told {
  if (!isDeclared) return UNDECLARED;
  const task = tasks.get(textOf(params['taskId']));
  if (task === undefined) return { error: { code: -32_602, message: 'no such task' } };
  if (method === 'tasks/cancel') {
    if (['working', 'input_required'].includes(task.status)) task.status = 'cancelled';
    return { result: {} };
  }
  if (method === 'tasks/update') {
    for (const key of Object.keys(Object(params['inputResponses']))) task.asks.delete(key);
    if (task.asks.size === 0) task.whenAnswered();
    return { result: {} };
  }
  const inputRequests = Object.fromEntries(task.asks);
  const waiting = task.status === 'input_required' ? { inputRequests } : {};
  return { result: { ...shown(task), ...task.final, ...waiting } };
}

const TOOLS = ['greet', ...Object.keys(WORK)].map((name) => ({
  name,
  description: `Does ${name}.`,
  inputSchema: { type: 'object' },
}));
const KEEPING = { ttlMs: 0, cacheScope: 'private' };

function answer(method: string, params: JsonObject): Told {
  const meta: JsonObject = Object(params['_meta']);
  const capabilities: JsonObject = Object(meta['io.modelcontextprotocol/clientCapabilities']);
  const isDeclared = isJsonObject(Object(capabilities['extensions'])[TASKS] ?? null);
  switch (method) {
    case 'server/discover':
      return {
        result: {
          supportedVersions: ['2026-07-28'],
          capabilities: { tools: {}, extensions: { [TASKS]: {} } },
          ...KEEPING,
        },
      };
    case 'tools/list':
      return { result: { tools: TOOLS, ...KEEPING } };
    case 'tools/call':
      return call(params, isDeclared);
    case 'tasks/get':
    case 'tasks/update':
    case 'tasks/cancel':
      return aboutTask(method, params, isDeclared);
    default:
      return { error: { code: -32_601, message: 'no such method' } };
  }
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    // What the gateway sends is a message of JSON-RPC.
    const asked = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as JsonObject;
    const told = answer(textOf(asked['method']), Object(asked['params']));
    const whole = 'result' in told ? { result: { resultType: 'complete', ...told.result } } : told;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id: asked['id'], ...whole }));
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.stderr.write('listening\n'));
