import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Json, JsonObject } from '@plumbline/core';
import { until, verifies } from '@plumbline/testkit';

import {
  ask,
  type FakeDaemon,
  type FakeGateway,
  fakeGateway,
  listed,
  MODERN_META,
  shakeHands,
} from '../../../testing/fake-gateway.ts';
import type { RelayBounds } from './relay.ts';

function member(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>((at, name) => Object(at)[name], value);
}

const AT = '2026-07-28T10:00:00Z';
const legacyTask = (status: string, more: JsonObject = {}): JsonObject => ({
  taskId: 't1',
  status,
  createdAt: AT,
  lastUpdatedAt: AT,
  ttl: 60_000,
  ...more,
});
const modernTask = (status: string, more: JsonObject = {}): JsonObject => {
  const { ttl, ...task } = legacyTask(status);
  return { ...task, ttlMs: ttl ?? null, ...more };
};

const EXTENDED = {
  ...MODERN_META,
  'io.modelcontextprotocol/clientCapabilities': {
    elicitation: {},
    extensions: { 'io.modelcontextprotocol/tasks': {} },
  },
};

/** A gateway of a legacy client whose call of `read` was answered with the task `t1`. */
async function withTask(
  daemon: FakeDaemon = {},
  ttl = 60_000,
  bounds: Partial<RelayBounds> = {},
): Promise<FakeGateway> {
  const of = await fakeGateway(daemon, bounds);
  await shakeHands(of);
  of.relay.state.hasTasks = true;
  await of.say(ask(1, 'tools/call', { name: 'read', arguments: {}, task: { ttl: 60_000 } }));
  await serveList(of);
  assert.deepEqual(member(of.server[0], 'params', 'task'), { ttl: 60_000 });
  await serve(of, 1, { task: legacyTask('working', { statusMessage: 'reading', ttl }) });
  return of;
}

async function serveList(of: FakeGateway): Promise<void> {
  await serve(of, member(of.server.pop(), 'id') ?? '', { tools: [listed('read')] });
}

const serve = (of: FakeGateway, id: Json, result: JsonObject): Promise<void> =>
  of.serve({ jsonrpc: '2.0', id, result });

const RESULT = { content: [{ type: 'text', text: 'done' }] };

test('tasks: that a call runs is recorded, and its outcome is what the task came to', async () => {
  verifies('enforce.every-path');
  const of = await withTask();
  assert.equal(member(of.client[0], 'result', 'task', 'taskId'), 't1');
  const running = { decision: 'dec_own-2', status: 'unknown', isRunning: true };
  assert.deepEqual(of.reports, [{ ...running, result: '\t\n{"task":"t1","words":"reading"}' }]);
  await of.say(ask(2, 'tasks/result', { taskId: 't1' }));
  assert.equal(of.client.length, 1);
  await serve(of, 2, RESULT);
  assert.deepEqual(of.client[1], { jsonrpc: '2.0', id: 2, result: RESULT });
  assert.deepEqual(of.reports[1], { decision: 'dec_own-2', status: 'ok', result: 'done' });
  await of.say(ask(3, 'tasks/result', { taskId: 't1' }));
  await serve(of, 3, { content: [{ type: 'text', text: 'another' }] });
  assert.equal(member(of.client[2], 'error', 'data', 'plumbline/refusal', 'code'), 'unrecorded');
  assert.equal(of.reports.length, 2);
});

test('tasks: the words of a status are recorded before the client reads them', async () => {
  const of = await withTask();
  for (const id of [2, 3]) {
    await of.say(ask(id, 'tasks/get', { taskId: 't1' }));
    const more = { statusMessage: 'half way', forged: 'read this' };
    await serve(of, id, legacyTask('working', more));
  }
  assert.deepEqual(
    member(of.client[2], 'result'),
    legacyTask('working', { statusMessage: 'half way' }),
  );
  assert.equal(of.reports.length, 2);
  assert.equal(of.reports[1]?.result, '\t\n{"task":"t1","words":"half way"}');
  await of.serve({
    jsonrpc: '2.0',
    method: 'notifications/tasks/status',
    params: legacyTask('working', { statusMessage: 'nearly' }),
  });
  assert.equal(of.reports[2]?.result, '\t\n{"task":"t1","words":"nearly"}');
  assert.equal(member(of.client[3], 'params', 'statusMessage'), 'nearly');
  await of.serve({
    jsonrpc: '2.0',
    method: 'notifications/tasks/status',
    params: legacyTask('working', { taskId: 't2' }),
  });
  assert.equal(of.client.length, 4);
});

test('tasks: a server that does not say how a task stands is not waited for', async () => {
  const of = await withTask({}, 60_000, { callMs: 5 });
  await of.say(ask(2, 'tasks/get', { taskId: 't1' }));
  await until(() => of.client.length > 1);
  assert.equal(member(of.client[1], 'error', 'data', 'plumbline/refusal', 'code'), 'timed-out');
});

test('tasks: a task that this client did not begin is not there', async () => {
  verifies('enforce.every-path');
  const of = await withTask();
  const known = of.server.length;
  for (const method of ['tasks/get', 'tasks/result', 'tasks/cancel']) {
    await of.say(ask(method, method, { taskId: 't2' }));
    assert.equal(member(of.client.at(-1), 'error', 'code'), -32602);
  }
  assert.equal(of.server.length, known);
  await of.say(ask(9, 'tasks/list'));
  const tasks = [legacyTask('working', { taskId: 't2' }), legacyTask('working')];
  await serve(of, 9, { tasks, nextCursor: 'c' });
  assert.deepEqual(member(of.client.at(-1), 'result'), {
    tasks: [legacyTask('working')],
    nextCursor: 'c',
  });
});

test('tasks: a halt cancels what runs, and nothing of it is released any more', async () => {
  verifies('human.halt');
  const of = await withTask();
  await of.say(ask(2, 'tasks/result', { taskId: 't1' }));
  of.halt();
  await of.gateway.settled();
  assert.equal(member(of.client[1], 'error', 'data', 'plumbline/refusal', 'code'), 'halted');
  assert.deepEqual(
    [member(of.server.at(-1), 'method'), member(of.server.at(-1), 'params', 'taskId')],
    ['tasks/cancel', 't1'],
  );
  assert.deepEqual(of.reports.at(-1), { decision: 'dec_own-2', status: 'unknown', result: null });
  await serve(of, 2, RESULT);
  await of.say(ask(3, 'tasks/get', { taskId: 't1' }));
  assert.equal(member(of.client[2], 'error', 'data', 'plumbline/refusal', 'code'), 'halted');
  assert.equal(of.client.length, 3);
});

test('tasks: what comes to nothing is unknown, by time, by its server or client', async () => {
  for (const end of ['time', 'server', 'client'] as const) {
    const of = await withTask({}, end === 'time' ? 5 : 60_000);
    if (end === 'time') await until(() => of.reports.length > 1);
    if (end === 'server') of.gateway.serverGone();
    if (end === 'client') of.gateway.clientGone();
    await of.gateway.settled();
    assert.deepEqual(of.reports.at(-1), { decision: 'dec_own-2', status: 'unknown', result: null });
    assert.equal(of.reports.length, 2);
    const isCancelled = member(of.server.at(-1), 'method') === 'tasks/cancel';
    assert.equal(isCancelled, end !== 'server');
  }
});

test('tasks: a result that cannot be recorded, or is too large, is withheld', async () => {
  verifies('enforce.fail-closed');
  const away = { ok: false, code: 'unavailable', message: 'away' } as const;
  const done = { ok: true, value: null } as const;
  const of = await withTask({ report: ({ status }) => (status === 'ok' ? away : done) });
  await of.say(ask(2, 'tasks/result', { taskId: 't1' }));
  await serve(of, 2, RESULT);
  assert.equal(member(of.client[1], 'error', 'data', 'plumbline/refusal', 'code'), 'unrecorded');
  await of.say(ask(3, 'tasks/result', { taskId: 't1' }));
  await serve(of, 3, { content: [{ type: 'text', text: 'x'.repeat(800_000) }] });
  assert.equal(member(of.client[2], 'error', 'data', 'plumbline/refusal', 'code'), 'too-large');
  const lost = await withTask({ report: () => away });
  assert.equal(
    member(lost.client[0], 'result', '_meta', 'plumbline/refusal', 'code'),
    'unrecorded',
  );
  assert.equal(member(lost.server.at(-1), 'method'), 'tasks/cancel');
});

test('tasks: what a task came to is recorded, also where nobody asks for it', async () => {
  const of = await withTask();
  await of.say(ask(2, 'tasks/get', { taskId: 't1' }));
  await serve(of, 2, legacyTask('completed'));
  const fetched = of.server.at(-1);
  assert.equal(member(fetched, 'method'), 'tasks/result');
  await serve(of, member(fetched, 'id') ?? '', RESULT);
  assert.deepEqual(of.reports.at(-1), { decision: 'dec_own-2', status: 'ok', result: 'done' });
  await of.say(ask(3, 'tasks/cancel', { taskId: 't1' }));
  assert.equal(member(of.client.at(-1), 'error', 'code'), -32602);
});

test('tasks: whether one acted that its client cancelled is unknown', async () => {
  const of = await withTask();
  await of.say(ask(2, 'tasks/cancel', { taskId: 't1' }));
  assert.equal(member(of.server.at(-1), 'method'), 'tasks/cancel');
  await serve(of, 2, legacyTask('cancelled'));
  assert.equal(member(of.client.at(-1), 'result', 'status'), 'cancelled');
  assert.deepEqual(of.reports.at(-1), { decision: 'dec_own-2', status: 'unknown', result: null });
  assert.equal(of.reports.length, 2);
});

test('tasks: before a server without tasks a call is a call', async () => {
  const of = await fakeGateway();
  await shakeHands(of);
  await of.say(ask(1, 'tools/call', { name: 'read', arguments: {}, task: {} }));
  await serveList(of);
  assert.equal(member(of.server[0], 'params', 'task'), undefined);
  await serve(of, 1, { ...RESULT, task: legacyTask('working') });
  assert.equal(of.reports[0]?.status, 'ok');
  await of.say(ask(2, 'tasks/get', { taskId: 't1' }));
  assert.equal(member(of.client[1], 'error', 'code'), -32601);
  await of.say(ask(3, 'tools/call', { name: 'read', arguments: {}, task: { wrapped: 1 } }));
  assert.equal(member(of.client[2], 'error', 'code'), -32602);
});

/** A gateway of a modern client whose call of `read` was answered with the task `t1`. */
async function withModernTask(): Promise<FakeGateway> {
  const of = await fakeGateway({ usable: ['fs.elicitation.create'] });
  await of.say(ask(1, 'tools/call', { name: 'read', arguments: {}, _meta: EXTENDED }));
  await serveList(of);
  await serve(of, 1, { resultType: 'task', ...modernTask('working') });
  return of;
}

test('tasks: in the modern era a task carries its result, which is recorded first', async () => {
  const of = await withModernTask();
  assert.deepEqual(member(of.client[0], 'result'), {
    resultType: 'task',
    ...modernTask('working'),
  });
  const params = { taskId: 't1', _meta: EXTENDED };
  await of.say(ask(2, 'tasks/get', params));
  await serve(of, 2, { resultType: 'complete', ...modernTask('completed', { result: RESULT }) });
  const shown = { resultType: 'complete', ...modernTask('completed'), result: RESULT };
  assert.deepEqual(member(of.client[1], 'result'), shown);
  assert.deepEqual(of.reports.at(-1), { decision: 'dec_own-2', status: 'ok', result: 'done' });
  await of.say(ask(3, 'tasks/get', { taskId: 't1', _meta: MODERN_META }));
  assert.equal(member(of.client[2], 'error', 'code'), -32021);
});

test('tasks: what a task asks of the client is decided, and its answer recorded', async () => {
  const of = await withModernTask();
  const question = { method: 'elicitation/create', params: { mode: 'form', message: 'who?' } };
  for (const id of [2, 3]) {
    await of.say(ask(id, 'tasks/get', { taskId: 't1', _meta: EXTENDED }));
    await serve(of, id, modernTask('input_required', { inputRequests: { name: question } }));
    assert.deepEqual(member(of.client.at(-1), 'result', 'inputRequests'), { name: question });
  }
  assert.equal(of.asked.filter((each) => each === 'decide fs.elicitation.create').length, 1);
  const answer = { action: 'accept', content: { name: 'ada' } };
  const inputResponses = { name: answer, other: answer };
  await of.say(ask(4, 'tasks/update', { taskId: 't1', inputResponses, _meta: EXTENDED }));
  assert.deepEqual(of.reports.at(-1)?.result, answer);
  assert.deepEqual(member(of.server.at(-1), 'params', 'inputResponses'), { name: answer });
  await serve(of, 4, { resultType: 'complete' });
  assert.deepEqual(member(of.client.at(-1), 'result'), { resultType: 'complete' });
  const other = { ...question, params: { mode: 'form', message: 'your password?' } };
  await of.say(ask(5, 'tasks/get', { taskId: 't1', _meta: EXTENDED }));
  await serve(of, 5, modernTask('input_required', { inputRequests: { name: other } }));
  assert.equal(
    member(of.client.at(-1), 'error', 'data', 'plumbline/refusal', 'code'),
    'bad-answer',
  );
});

test('tasks: a task that nobody asked for, or that cannot be read, is no answer', async () => {
  const of = await fakeGateway();
  await of.say(ask(1, 'tools/call', { name: 'read', arguments: {}, _meta: MODERN_META }));
  await serveList(of);
  await serve(of, 1, { resultType: 'task', ...modernTask('working') });
  assert.equal(member(of.client[0], 'result', '_meta', 'plumbline/refusal', 'code'), 'bad-answer');
  assert.equal(of.reports[0]?.status, 'unknown');
  await of.say(ask(2, 'tools/call', { name: 'read', arguments: {}, _meta: EXTENDED }));
  await serve(of, 2, { resultType: 'task', taskId: 't9', status: 'resting', createdAt: AT });
  assert.equal(member(of.client[1], 'result', '_meta', 'plumbline/refusal', 'code'), 'bad-answer');
});
