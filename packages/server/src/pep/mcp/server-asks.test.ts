import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Json, JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { ask, fakeGateway, listed, MODERN_META } from '../../../testing/fake-gateway.ts';

function member(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>((at, name) => Object(at)[name], value);
}

test('mcp: two calls may be asked by one key, and who leaves bars nobody', async () => {
  verifies('evidence.complete');
  const question = { method: 'elicitation/create', params: { message: 'sure?' } };
  const result = { resultType: 'input_required', inputRequests: { sure: question } };
  const inputResponses = { sure: { action: 'accept', content: { sure: true } } };
  const of = await fakeGateway({ usable: ['fs.elicitation.create'] });
  const read = (path: string, more: JsonObject = {}): JsonObject => {
    return { name: 'read', arguments: { path }, _meta: MODERN_META, ...more };
  };
  await of.say(ask(1, 'tools/call', read('a')));
  const listing = { jsonrpc: '2.0', id: member(of.server.pop(), 'id') };
  await of.serve({ ...listing, result: { tools: [listed('read')] } });
  await of.serve({ jsonrpc: '2.0', id: 1, result });
  for (const id of [2, 3]) {
    await of.say(ask(id, 'tools/call', read('b')));
    await of.serve({ jsonrpc: '2.0', id, result });
  }
  const shown = of.client.map((each) => member(each, 'result', 'resultType'));
  assert.deepEqual(shown, ['input_required', 'input_required', 'input_required']);
  await of.say(ask(4, 'tools/call', read('c', { inputResponses })));
  await of.say(ask(5, 'tools/call', read('a', { inputResponses })));
  await of.say(ask(6, 'tools/call', read('b', { inputResponses })));
  assert.equal(member(of.client.at(-1), 'error', 'message'), 'nobody asked for the input `sure`');
  assert.deepEqual(
    of.server.slice(-2).map((each) => member(each, 'id')),
    [5, 6],
  );
  assert.deepEqual(
    of.reports.map(({ status }) => status),
    ['ok', 'ok', 'ok', 'unknown', 'ok', 'ok'],
  );
});
